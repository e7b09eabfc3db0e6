// Several pages under each other. A page that was just written is alone; those of the past come together.
function Pages({ pages, past, more, call }) {
  const end = useRef(null);
  useEffect(() => { if (past) end.current?.scrollIntoView({ block: 'end' }); }, []);
  // A chat that starts anew after a lost connection shows the past again: what is still open above is not repeated.
  const live = (window.Discovery.live ??= new Set());
  if (!past) pages.forEach((page) => page.id && live.add(page.id));
  const shown = past ? pages.filter((page) => !live.has(page.id)) : pages;
  return (
    <div className={past ? 'd-past' : 'd-now'}>
      {past && <h2 className="d-past-title">Earlier</h2>}
      {more && <button type="button" className="d-link d-more" onClick={() => call({ name: 'earlier', payload: {} })}>Show earlier entries</button>}
      {shown.map((page, index) => <Page key={page.key} page={page} call={call} newest={index === shown.length - 1} />)}
      <div ref={end} />
    </div>
  );
}

// Kept on window, the component stays the same one to React, so what a person has open stays open.
const Discovery = (window.Discovery ??= {});
Discovery.Pages ??= Pages;
export default <Discovery.Pages {...props} call={callAction} />;
