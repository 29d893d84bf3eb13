"""The loss around a network's weights: planes, surfaces, slices, the path of a run, and how sharply the loss bends."""
