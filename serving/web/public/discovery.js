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

  // Somebody who leaves with words still in the box is asked first: nothing typed is lost by a slip.
  addEventListener('beforeunload', (event) => {
    if (box()?.value.trim()) event.preventDefault();
  });

  new MutationObserver(dress).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] });
})();
