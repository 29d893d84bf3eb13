// Cameras of scenes in three dimensions: where they first stand, and how they follow the hand.

/** A camera that is right for a scene as wide as high, as far back as it takes where the scene is narrower: what is seen
 * follows the height alone, and a narrow scene would be cut off on both sides. */
export function fitted(camera, width, height) {
  const { x, y, z } = camera?.eye ?? {};
  const back = Math.max(1, height / width);
  return x === undefined || back === 1 ? camera : { ...camera, eye: { x: back * x, y: back * y, z: back * z } };
}

/** Have the cameras of a plot turn just as far as the hand does. Plotly's go on at the speed of the last movement until
 * the next picture is drawn: with a graphics card a soft end, but where a picture takes 300 ms the scene flies past the
 * hand, and back when it is next drawn with the camera that was noted when the hand let go. To be called when the plot is
 * drawn. Where Plotly's inside is not what we know, its cameras stay as they are. */
export function steady(node) {
  for (const scene of Object.values(node._fullLayout ?? {})) {
    for (const controller of scene?._scene?.camera?.view?._controllerList ?? []) {
      for (const track of Object.values(controller)) {
        if (Array.isArray(track?._velocity) && typeof track.idle === "function") Object.getPrototypeOf(track).idle = rest;
      }
    }
  }
}

/** A coordinate of the camera over time stays where its last movement has brought it. */
function rest(time) {
  if (time < this.lastT()) return;
  this._velocity.fill(0, -this.dimension);
  this.set(time, ...this._state.slice(-this.dimension).reverse());
}
