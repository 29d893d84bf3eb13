"""Widgets that pages share: the layer-stack editor, pickers, forms; and the person's place in the app."""
