// The reading: how sure it is of each emotion, in a bar and in words, and the person's own labels, which win.
const CALLED = { neutral: 'nothing in particular' };
const called = (label) => CALLED[label] ?? label;

function Bars({ emotions, setLit }) {
  return (
    <ul className="d-bars">
      {emotions.map((emotion) => (
        <li key={emotion.label} className="d-bar" data-mood={emotion.mood} data-label={emotion.label}
          onMouseEnter={() => setLit?.(emotion.label)} onMouseLeave={() => setLit?.(null)}>
          <span className="d-name">{called(emotion.label)}</span>
          <span className="d-sure">{emotion.sure}<span className="d-percent">{Math.round(emotion.probability * 100)}%</span></span>
          <span className="d-track" aria-hidden="true"><span className="d-fill" style={{ width: `${Math.max(2, emotion.probability * 100)}%` }} /></span>
        </li>
      ))}
    </ul>
  );
}

function Picker({ page, act, close }) {
  const start = page.own ?? (page.emotions ?? []).map((emotion) => emotion.label);
  const [chosen, setChosen] = useState(start);
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const flip = (label) => setChosen(chosen.includes(label) ? chosen.filter((other) => other !== label) : [...chosen, label]);
  const save = async () => { if (await act('correct', { labels: chosen })) close(); };
  return (
    <fieldset className="d-picker" onKeyDown={(event) => event.key === 'Escape' && close()}>
      <legend ref={first} tabIndex={-1}>What was it? Choose as many as fit.</legend>
      {Object.entries(MOODS).map(([mood, title]) => (
        <div key={mood} className="d-group" role="group" aria-label={title}>
          <span className="d-group-name" aria-hidden="true">{title}</span>
          <div className="d-chips">
            {CHOICES[mood].map((label) => (
              <label key={label} className="d-chip" data-mood={mood}>
                <input type="checkbox" checked={chosen.includes(label)} onChange={() => flip(label)} />
                <span>{called(label)}</span>
              </label>
            ))}
          </div>
        </div>
      ))}
      <div className="d-row">
        <button type="button" className="d-button d-strong" onClick={save}>{chosen.length ? 'This is it' : 'None of these'}</button>
        <button type="button" className="d-button" onClick={close}>Leave it as it is</button>
      </div>
    </fieldset>
  );
}

function heading(page) {
  if (page.own) return page.own.length ? 'In your own words' : 'You said: none of these';
  if (page.emotions === null) return 'How was it?';
  if (page.unsure || !page.emotions.length) return 'Hard to tell from these words';
  return page.emotions.every((emotion) => emotion.label === 'neutral') ? 'This reads quite even' : 'You might be feeling';
}

function Feelings({ page, act, setLit }) {
  const [picking, setPicking] = useState(false);
  const opener = useRef(null);
  if (page.emotions === null && page.reading) return null;
  const close = () => { setPicking(false); setTimeout(() => opener.current?.focus()); };
  const guesses = page.unsure ? page.nearest : page.emotions ?? [];
  const bars = guesses.length > 0 && <Bars emotions={guesses} setLit={setLit} />;
  return (
    <section className="d-feelings" aria-label="Emotions">
      <h3>{heading(page)}</h3>
      {page.own ? (
        <>
          <ul className="d-own">{page.own.map((label) => <li key={label} className="d-tag" data-mood={moodOf(label)}>{called(label)}</li>)}</ul>
          {bars && <details className="d-fold"><summary>What the machine had read</summary>{bars}</details>}
        </>
      ) : (
        <>
          {page.unsure && guesses.length > 0 && <p className="d-soft">The nearest guesses, none of them a good one:</p>}
          {bars}
        </>
      )}
      {picking
        ? <Picker page={page} act={act} close={close} />
        : <button type="button" ref={opener} className="d-link d-correct" onClick={() => setPicking(true)}>
            {page.own ? 'Change it' : guesses.length ? 'Not quite? Say what it was' : 'Say what it was'}
          </button>}
    </section>
  );
}
