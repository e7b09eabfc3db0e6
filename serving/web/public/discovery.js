// What Chainlit's page leaves out: names for people who use a screen reader, and care for words not yet kept.
(() => {
  const LONGEST = @MAX_TEXT@;
  const box = () => document.getElementById('chat-input');

  const name = (element, label) => {
    if (element && element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  };

  const dress = () => {
    name(box(), 'Your entry');
    name(document.getElementById('chat-submit'), 'Keep this entry');
    name(document.getElementById('chat-settings-header-button'), 'Settings');
    name(document.getElementById('theme-toggle'), 'Light or dark');
    const chips = document.querySelector('.command-buttons-container');
    if (chips) {
      chips.setAttribute('role', 'group');
      name(chips, 'What you would like next, if anything');
    }
    for (const chip of document.querySelectorAll('.command-button')) {
      const pressed = String(chip.classList.contains('text-command'));
      if (chip.getAttribute('aria-pressed') !== pressed) chip.setAttribute('aria-pressed', pressed);
    }
  };

  // An entry that is too long is refused before it is sent, while it still stands in the box.
  const tooLong = () => box()?.value.length > LONGEST && Array.from(box().value).length > LONGEST;
  const warn = () => {
    let note = document.getElementById('d-too-long');
    if (!tooLong()) return note?.remove();
    if (!note) {
      note = Object.assign(document.createElement('p'), { id: 'd-too-long', className: 'd-too-long' });
      note.setAttribute('role', 'alert');
      document.getElementById('message-composer').append(note);
    }
    const found = Array.from(box().value).length.toLocaleString('en');
    note.textContent = `These are ${found} characters; one entry holds ${LONGEST.toLocaleString('en')}. Keep it in parts.`;
  };
  const hold = (event) => {
    const sends = event.type === 'click' ? event.target.closest?.('#chat-submit') : event.key === 'Enter' && !event.shiftKey && event.target === box();
    if (sends && tooLong()) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  addEventListener('input', warn, true);
  addEventListener('keydown', hold, true);
  addEventListener('click', hold, true);

  // The box is made anew while the page connects, and what somebody typed until then would be gone with the old one.
  // The draft stays in this script, never on the disk, until it was sent; an Enter that came too early counts later.
  let draft = '';
  let held = null;
  let waiting = false;
  const ready = () => document.getElementById('chat-submit')?.disabled === false;
  const note = (event) => {
    if (event.target !== box()) return;
    held = box();
    draft = held.value;
    if (event.isTrusted) waiting = false;
  };
  const press = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.target !== box()) return;
    waiting = !ready() && !!box().value.trim() && !tooLong();
    if (ready() && !tooLong()) draft = '';
  };
  const restore = () => {
    const here = box();
    if (!here || here === held) return;
    held = here;
    if (!draft || here.value) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(here, draft);
    here.dispatchEvent(new Event('input', { bubbles: true }));
    here.focus();
  };
  const send = () => {
    if (!waiting || !ready() || !box()?.value.trim()) return;
    waiting = false;
    document.getElementById('chat-submit').click();  // which takes the draft for sent
  };
  addEventListener('input', note, true);
  addEventListener('keydown', press, true);
  addEventListener('click', (event) => { if (event.target.closest?.('#chat-submit') && ready() && !tooLong()) draft = ''; }, true);

  // Somebody who leaves with words still in the box is asked first: nothing typed is lost by a slip.
  addEventListener('beforeunload', (event) => {
    if (box()?.value.trim()) event.preventDefault();
  });

  new MutationObserver(() => { dress(); restore(); send(); }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['class', 'disabled'] });
})();
