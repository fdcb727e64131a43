// Two looks side by side: one that was put aside, and the one in hand.

import { readDesign, store, wantedOf, written } from './design.js';
import { button, fill, h } from './dom.js';
import { Preview } from './preview.js';

const ASIDE = 'laurel.aside';

export function compareView() {
  const preview = new Preview();
  const swap = button('Swap the two looks', () => {
    const aside = readDesign(sessionStorage.getItem(ASIDE) ?? '');
    if (!aside) return;
    sessionStorage.setItem(ASIDE, written(store.design));
    store.change((design) => { design.options = aside.options; });
    show();
  }, { kind: 'small' });
  const element = h('figure', { className: 'aside', hidden: true }, preview.figure,
    h('figcaption', null, 'Put aside ', swap));
  const toggle = button('Compare', () => {
    if (sessionStorage.getItem(ASIDE)) sessionStorage.removeItem(ASIDE);
    else sessionStorage.setItem(ASIDE, written(store.design));
    show();
  });

  const show = () => {
    const aside = readDesign(sessionStorage.getItem(ASIDE) ?? '');
    element.hidden = !aside;
    toggle.setAttribute('aria-pressed', String(Boolean(aside)));
    fill(toggle, aside ? 'End comparing' : 'Compare');
    if (!aside) return;
    // The same title and family, so that only the looks differ.
    const design = { ...store.design, options: aside.options };
    void preview.show(wantedOf(design), 'The look that was put aside');
  };
  return { element, button: toggle, show };
}
