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

function Card({ item, act }) {
  const gone = item.verdict === 'not_this';
  const facts = [KINDS[item.kind] ?? item.kind, item.year, length(item.minutes), item.free && 'free', item.social && 'with others'];
  const link = /^https:\/\//.test(item.url) ? item.url : undefined;
  return (
    <li className="d-card" data-item={item.id} data-gone={gone || undefined}>
      <div className="d-card-head">
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

function Suggestions({ page, act }) {
  if (!page.suggestions.length) return null;
  return (
    <section className="d-suggestions" aria-label="Suggestions">
      <h3>{page.goal ? `For ${GOALS[page.goal] ?? page.goal}, if you like` : 'If you would like something to do'}</h3>
      <ul className="d-cards">{page.suggestions.map((item) => <Card key={item.id} item={item} act={act} />)}</ul>
    </section>
  );
}
