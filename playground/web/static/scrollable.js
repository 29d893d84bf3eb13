// Streamlit's code blocks scroll, but no key reaches them. Here they become a stop of the Tab key, so that arrows work.

const UNREACHED = '[data-testid="stCode"] pre:not([tabindex])';

let due = null;

function reach() {
  due = null;
  for (const block of document.querySelectorAll(UNREACHED)) {
    block.tabIndex = 0;
    block.setAttribute("role", "group");
    block.setAttribute("aria-label", "Code");
  }
}

/** Watch the page for code blocks. The plots change it many times a second, so it is looked through once a frame. */
export function watchCode() {
  new MutationObserver(() => (due ??= requestAnimationFrame(reach))).observe(document.body, { childList: true, subtree: true });
  reach();
}
