// The bar itself, with the line of a reminder above it where somebody asked to be asked.
function More({ asks, call, ...choices }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const act = async (name, payload = {}) => {
    setBusy(true);
    setTrouble(null);
    try {
      const answer = await call({ name, payload });
      setTrouble(answer?.response?.trouble ?? null);
      return !answer?.response?.trouble;
    } catch {
      setTrouble('That did not go through. Reload the page and try again.');
      return false;
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="d-bar-more" aria-label="Beside the pages">
      {asks && <p className="d-asks" role="status">{asks}</p>}
      <div className="d-row">
        <button type="button" className="d-button" aria-expanded={open} onClick={() => setOpen(!open)}>Two-tap log</button>
        <button type="button" className="d-button" disabled={busy} onClick={() => act('figures')}>How have I been</button>
      </div>
      {open && <Log {...choices} busy={busy} keep={async (payload) => (await act('log', payload)) && setOpen(false)} />}
      {trouble && <p className="d-trouble" role="alert">{trouble.replaceAll('`', '')}</p>}
    </section>
  );
}

// Kept on window, the component stays the same one to React, so what a person has tapped stays tapped.
const Discovery = (window.Discovery ??= {});
Discovery.More ??= More;
export default <Discovery.More {...props} call={callAction} />;
