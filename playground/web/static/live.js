// The door: Streamlit's component stub calls render() on every rerun; a component is built once per DOM node.

import { BoardView } from "./board-view.js";
import { FiltersView } from "./filters-view.js";
import { MapsView } from "./maps-view.js";
import { SamplesView } from "./samples-view.js";
import { CompareView } from "./compare-view.js";
import { ConfusionView } from "./confusion-view.js";
import { DrawPad } from "./draw.js";
import { FindingsView } from "./findings.js";
import { GridView } from "./grid-view.js";
import { HandView } from "./hand.js";
import { NetworkView } from "./network-view.js";
import { watchPhotos } from "./photos.js";
import { PicturesView } from "./pictures.js";
import { plotly } from "./plotly.js";
import { PlotlyView } from "./plotly-view.js";
import { PredictionView } from "./prediction-view.js";
import { RaceView } from "./race-view.js";
import { RangeView } from "./range-view.js";
import { RunsView } from "./runs-view.js";
import { watchCode } from "./scrollable.js";
import { SearchView } from "./search-view.js";
import { Transport } from "./transport.js";

const KINDS = {
  board: BoardView, compare: CompareView, confusion: ConfusionView, draw: DrawPad, filters: FiltersView, findings: FindingsView, grid: GridView, hand: HandView, maps: MapsView, plot: PlotlyView, network: NetworkView,
  pictures: PicturesView, prediction: PredictionView, samples: SamplesView, race: RaceView, runs: RunsView, range: RangeView, search: SearchView, transport: Transport,
};
const GRACE_MS = 1000;

const mounted = new WeakMap(); // the node Streamlit gives us -> {component, lease}

watchCode();
watchPhotos();
plotly().catch(() => {}); // begin loading now; whoever draws first waits for it
const styles = loadStyles();

/** Build or update the component inside `parentElement`. The result takes it down when Streamlit removes the node. */
export async function render(kind, streamlit) {
  const parent = streamlit.parentElement;
  const lease = Symbol(kind);
  const entry = mounted.get(parent);
  if (entry) entry.lease = lease;
  else mounted.set(parent, { lease, component: null });
  await styles;
  update(kind, streamlit, lease);
  return () => release(parent, lease);
}

function update(kind, streamlit, lease) {
  const entry = mounted.get(streamlit.parentElement);
  if (!entry || entry.lease !== lease) return; // a newer call is under way, with newer data
  if (!entry.component) {
    const root = document.createElement("div");
    root.className = `np-root np-${kind}`;
    streamlit.parentElement.append(root);
    entry.root = root;
    entry.component = new KINDS[kind](root);
  }
  entry.component.update(streamlit);
}

/** Streamlit also calls a result that a newer call has outrun; only the last one, on a removed node, is the end. */
function release(parent, lease) {
  if (!parent.isConnected) finish(parent, lease);
  else setTimeout(() => finish(parent, lease), GRACE_MS);
}

function finish(parent, lease) {
  const entry = mounted.get(parent);
  if (entry?.lease !== lease) return;
  if (parent.isConnected && entry.root?.isConnected) return;
  mounted.delete(parent);
  entry.component?.destroy();
  entry.root?.remove();
}

/** Our style sheets, in the page's head. Resolves also when one fails: plain is better than nothing. */
function loadStyles() {
  const load = (name) =>
    new Promise((resolve) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = new URL(`./${name}`, import.meta.url).href;
      link.onload = link.onerror = resolve;
      document.head.append(link);
    });
  return Promise.all(["live.css", "network.css", "transport.css", "confusion.css", "paint.css", "pictures.css", "race.css", "range.css", "grid.css", "compare.css", "board.css", "hand.css", "draw.css", "search.css", "runs.css"].map(load));
}
