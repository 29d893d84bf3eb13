// The transport's icons: 24 x 24, drawn with the text's colour.

const svg = (inner) => `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${inner}</svg>`;

export const ICONS = {
  play: svg('<path d="M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8a1 1 0 0 0 0-1.6l-10-6.8C8.9 3.9 8 4.4 8 5.2z" fill="currentColor"/>'),
  pause: svg('<rect x="6" y="4.5" width="4.2" height="15" rx="1.2" fill="currentColor"/><rect x="13.8" y="4.5" width="4.2" height="15" rx="1.2" fill="currentColor"/>'),
  step: svg('<path d="M6 6v12l8.5-6z" fill="currentColor"/><rect x="16" y="6" width="2.6" height="12" rx="1" fill="currentColor"/>'),
  epoch: svg('<path d="M3.5 6v12l7.5-6zM11 6v12l7.5-6z" fill="currentColor"/><rect x="19" y="6" width="2.4" height="12" rx="1" fill="currentColor"/>'),
  reset: svg('<path d="M5 12a7.5 7.5 0 1 0 2.6-5.7" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/><path d="M4 3.2v5.6h5.6z" fill="currentColor"/>'),
  dice: svg('<rect x="4" y="4" width="16" height="16" rx="3.5" fill="none" stroke="currentColor" stroke-width="2"/><g fill="currentColor"><circle cx="8.5" cy="8.5" r="1.5"/><circle cx="15.5" cy="8.5" r="1.5"/><circle cx="12" cy="12" r="1.5"/><circle cx="8.5" cy="15.5" r="1.5"/><circle cx="15.5" cy="15.5" r="1.5"/></g>'),
  branch: svg('<path d="M6 12h9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" fill="none"/><path d="M13 7l6 5-6 5z" fill="currentColor"/>'),
};
