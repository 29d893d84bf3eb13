// Where a camera first stands before a scene in three dimensions.

/** A camera that is right for a scene as wide as high, as far back as it takes where the scene is narrower: what is seen
 * follows the height alone, and a narrow scene would be cut off on both sides. */
export function fitted(camera, width, height) {
  const { x, y, z } = camera?.eye ?? {};
  const back = Math.max(1, height / width);
  return x === undefined || back === 1 ? camera : { ...camera, eye: { x: back * x, y: back * y, z: back * z } };
}
