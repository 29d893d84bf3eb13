// Streamlit's theme as a Plotly template: defaults that a figure's own layout can override.

export function plotTemplate({ text, surface, border, faint, font, background, dark }) {
  const axis = {
    color: text,
    gridcolor: faint,
    linecolor: border,
    zerolinecolor: dark ? "rgba(250, 250, 250, 0.28)" : "rgba(49, 51, 63, 0.25)",
    tickcolor: border,
    automargin: false,
  };
  // In three dimensions Plotly draws what should shine through as it likes: opaque colours.
  const line = dark ? "#414c59" : "#c3cbd4";
  const solid = { ...axis, backgroundcolor: "rgba(0,0,0,0)", showbackground: false, gridcolor: line, zerolinecolor: line };
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: text, family: font, size: 12 },
      title: { font: { size: 14 }, x: 0.01, xanchor: "left" },
      xaxis: axis,
      yaxis: axis,
      scene: { xaxis: solid, yaxis: solid, zaxis: solid },
      legend: { bgcolor: "rgba(0,0,0,0)" },
      hoverlabel: { bgcolor: surface, bordercolor: border, font: { color: text, family: font } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: dark ? "#a3a8b4" : "#7a7f8c", activecolor: text },
      coloraxis: { colorbar: { outlinewidth: 0 } },
    },
    data: { heatmap: [{ colorbar: { outlinewidth: 0, bgcolor: background, thickness: 10 } }] },
  };
}
