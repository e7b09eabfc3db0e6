// One page: the words first, then whatever came of them. Past pages are folded to a line until they are opened.
const STATE = { asking: 'one moment …', answered: 'a question', keeping: 'keeping …', kept: 'kept', unkept: 'not kept yet' };

function Remove({ act, close }) {
  return (
    <span className="d-row d-confirm" role="group" aria-label="Delete this entry">
      <span>Delete this entry for good?</span>
      <button type="button" className="d-button d-danger" onClick={() => act('delete')}>Delete</button>
      <button type="button" className="d-button" autoFocus onClick={close}>Keep it</button>
    </span>
  );
}

function Foot({ page, act }) {
  const [asking, setAsking] = useState(false);
  if (page.state === 'answered') return <AnsweredFoot act={act} />;
  if (page.state !== 'kept') return null;
  return (
    <footer className="d-foot">
      {asking ? <Remove act={act} close={() => setAsking(false)} /> : (
        <>
          <span>{page.live ? 'Kept as an entry' : 'Kept'}</span>
          <button type="button" className="d-link" onClick={() => setAsking(true)}>{page.live ? 'Undo' : 'Delete'}</button>
        </>
      )}
    </footer>
  );
}

// Names of commands stand between backticks in what the server says.
function Told({ text }) {
  return (text ?? '').split('`').map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}

function Unkept({ page, act }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => { await navigator.clipboard.writeText(page.text); setCopied(true); };
  return (
    <div className="d-trouble" role="alert">
      <p><b>This is not kept yet.</b> <Told text={page.trouble} /> Your words are still here.</p>
      <div className="d-row">
        <button type="button" className="d-button d-strong" onClick={() => act('again')}>Try again</button>
        <button type="button" className="d-button" onClick={copy}>{copied ? 'Copied' : 'Copy my words'}</button>
      </div>
    </div>
  );
}

function Body({ page, act, lit, setLit }) {
  if (page.state === 'unkept') return <>{page.card && <Help card={page.card} page={page} act={act} />}<Unkept page={page} act={act} /></>;
  if (page.level === 'crisis') return page.card ? <Help card={page.card} page={page} act={act} /> : null;
  return (
    <>
      {page.card && <SoftHelp card={page.card} page={page} act={act} />}
      <Answer page={page} />
      {page.state === 'asking' && <p className="d-soft d-waiting" role="status">Looking</p>}
      {page.state !== 'asking' && page.reading && page.emotions === null && <p className="d-soft d-waiting" role="status">{page.state === 'kept' ? 'Kept. Reading' : 'Keeping'}</p>}
      {page.state === 'kept' && <Feelings page={page} act={act} setLit={setLit} />}
      <Explanation page={page} lit={lit} />
      <Suggestions page={page} act={act} />
      {page.notes.map((note) => <p key={note} className="d-soft d-note" role="status">{note}</p>)}
    </>
  );
}

function Summary({ page, onOpen }) {
  const labels = page.own ?? (page.emotions ?? []).map((emotion) => emotion.label);
  return (
    <button type="button" className="d-summary" aria-expanded="false" onClick={onOpen}>
      <time dateTime={page.when}>{moment(page.when)}</time>
      <span className="d-excerpt">{page.text}</span>
      <span className="d-tags">
        {page.level === 'crisis' && <span className="d-tag" data-mood="help">help lines inside</span>}
        {labels.slice(0, 3).map((label) => <span key={label} className="d-tag" data-mood={moodOf(label)}>{called(label)}</span>)}
        {labels.length > 3 && <span className="d-tag" data-mood="even">+{labels.length - 3}</span>}
      </span>
    </button>
  );
}

function Page({ page, call, newest }) {
  // Help outlives a reload: if the last thing somebody wrote was a cry for it, the card stands open.
  const [open, setOpen] = useState(page.live || (newest && page.level === 'crisis'));
  const [lit, setLit] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const here = useRef(null);
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (page.live) here.current?.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
  }, []);
  const act = async (name, payload = {}) => {
    setTrouble(null);
    try {
      const answer = await call({ name, payload: { page: page.key, ...payload } });
      setTrouble(answer?.response?.trouble ?? null);
      return !answer?.response?.trouble;
    } catch {
      setTrouble('That did not go through. Reload the page and try again.');
      return false;
    }
  };
  if (page.state === 'deleted') return <p ref={here} className="d-soft d-gone" role="status">This entry is deleted. Nothing of it is left.</p>;
  if (page.bare) return page.card && <section ref={here} className="d-page d-standing"><SoftHelp card={page.card} page={page} act={act} />{trouble && <p className="d-trouble" role="alert"><Told text={trouble} /></p>}</section>;
  if (!open) return <Summary page={page} onOpen={() => setOpen(true)} />;
  return (
    <article ref={here} className="d-page" data-state={page.state} data-reading={page.reading || undefined} data-level={page.level} aria-label={`${page.state === 'answered' ? 'Question' : 'Entry'}, ${moment(page.when)}`}>
      <header className="d-head">
        <time dateTime={page.when}>{moment(page.when)}</time>
        {page.goal && <span className="d-goal">for {GOALS[page.goal] ?? page.goal}</span>}
        {page.state === 'kept' ? null : <span className="d-state">{STATE[page.state]}</span>}
        {!page.live && <button type="button" className="d-link d-close" aria-expanded="true" onClick={() => setOpen(false)}>Fold</button>}
      </header>
      <Words page={page} lit={lit} />
      <Body page={page} act={act} lit={lit} setLit={setLit} />
      {trouble && <p className="d-trouble" role="alert"><Told text={trouble} /></p>}
      <Foot page={page} act={act} />
    </article>
  );
}
