// A small drawing of ours (SVG made from the registry, never a person's text), inline so that it takes the text's colour.

export default function ({ data, parentElement }) {
  parentElement.querySelector(".drawing").innerHTML = data.svg;
}
