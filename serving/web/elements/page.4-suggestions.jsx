// Games and things to watch, each with its reason. A link leaves the computer only when somebody follows it.
const KINDS = { game: 'Game', film: 'Film', series: 'Series', video: 'Video' };

function length(minutes) {
  if (!minutes) return null;
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return `about ${hours} ${hours === 1 ? 'hour' : 'hours'}`;
}

function site(url) {
  try { return new URL(url).hostname.replace(/^www\./, ''); } catch { return 'the internet'; }
}

function Card({ item, act, step }) {
  const gone = item.verdict === 'not_this';
  const facts = [KINDS[item.kind] ?? item.kind, item.year, length(item.minutes), item.free && 'free', item.social && 'with others'];
  const link = /^https:\/\//.test(item.url) ? item.url : undefined;
  return (
    <li className="d-card" data-item={item.id} data-gone={gone || undefined}>
      <div className="d-card-head">
        {step && <span className="d-step">{step}</span>}
        <h4>{gone || !link ? item.title : <a href={link} target="_blank" rel="noopener noreferrer">{item.title}</a>}</h4>
        <p className="d-facts-line">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {gone ? (
        <p className="d-soft">Not this one, then. It will not come back.{' '}
          <button type="button" className="d-link" onClick={() => act('judge', { item: item.id, verdict: 'like' })}>I do like it</button>
        </p>
      ) : (
        <>
          <p className="d-reason">{item.reason}</p>
          {item.warnings?.length > 0 && <p className="d-warned">Contains {item.warnings.join(', ')}</p>}
          <div className="d-row">
            <button type="button" className="d-button" aria-pressed={item.verdict === 'like'}
              onClick={() => act('judge', { item: item.id, verdict: 'like' })}>{item.verdict === 'like' ? 'Liked' : 'Like'}</button>
            <button type="button" className="d-button" onClick={() => act('judge', { item: item.id, verdict: 'not_this' })}>Not this</button>
            {link && <a className="d-out" href={link} target="_blank" rel="noopener noreferrer">{site(link)}<span className="d-sr"> (opens in a new tab, on the internet)</span></a>}
          </div>
        </>
      )}
    </li>
  );
}

const WISHES = { calmer: 'Calmer', shorter: 'Shorter', free: 'Free', with_friends: 'With friends', something_else: 'Something else' };
const NOTHING = { way: 'No three steps fit this list. Start over, or try without one of its limits.' };
const STEPS = ['First', 'Then', 'And then'];

// What the list on the screen keeps to, in words.
function limits({ max_minutes: minutes, max_energy: energy, free_only: free, social_only: social }) {
  const told = [minutes && `up to ${length(minutes)}`, energy !== undefined && energy !== null && 'calmer', free && 'free', social && 'with others'];
  return told.filter(Boolean).join(' · ');
}

// One click, another list: what was clicked before still holds, until somebody starts over.
function Refine({ page, ask, busy }) {
  const kept = limits(page.limits);
  const said = busy ? 'Looking …' : page.nothing ? NOTHING[page.nothing] ?? 'Nothing else fits all of that, so this list stays.' : kept && `This list: ${kept}.`;
  return (
    <div className="d-refine">
      <div className="d-row" role="group" aria-label="Change this list">
        {Object.entries(WISHES).map(([wish, name]) => (
          <button key={wish} type="button" className="d-button d-small" disabled={busy} aria-pressed={page.refined.includes(wish)} onClick={() => ask('refine', { wish })}>{name}</button>
        ))}
      </div>
      <p className="d-soft d-limits" role="status">{said}{' '}
        {!busy && (page.refined.length > 0 || page.nothing) && <button type="button" className="d-link" onClick={() => ask('refine', { wish: 'afresh' })}>Start over</button>}
      </p>
    </div>
  );
}

function Way({ page, ask, busy, act }) {
  if (!page.way.length) {
    return <button type="button" className="d-link" disabled={busy} onClick={() => ask('way')}>Or a way there, in three steps</button>;
  }
  return (
    <div className="d-way">
      <h3>{page.goal ? `A way to ${GOALS[page.goal] ?? page.goal}, step by step` : 'A way on, step by step'}</h3>
      <ol className="d-cards">
        {page.way.map((item, index) => <Card key={item.id} item={item} act={act} step={STEPS[index]} />)}
      </ol>
    </div>
  );
}

function Suggestions({ page, act }) {
  const [busy, setBusy] = useState(false);
  if (!page.suggestions.length) return null;
  const ask = async (name, payload) => {
    setBusy(true);
    await act(name, payload);
    setBusy(false);
  };
  return (
    <section className="d-suggestions" aria-label="Suggestions" aria-busy={busy}>
      <h3>{page.goal ? `For ${GOALS[page.goal] ?? page.goal}, if you like` : 'If you would like something to do'}</h3>
      <ul className="d-cards">{page.suggestions.map((item) => <Card key={item.id} item={item} act={act} />)}</ul>
      {page.state === 'kept' && !page.reading && <Refine page={page} ask={ask} busy={busy} />}
      {page.state === 'kept' && !page.reading && <Way page={page} ask={ask} busy={busy} act={act} />}
    </section>
  );
}
