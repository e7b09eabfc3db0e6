// Where a person in distress can turn: data of known source, never words of a model. Nothing is put beneath it.
const dial = (number) => number.replace(/[^\d+*#]/g, '');

function Line({ line }) {
  const when = [line.hours, line.languages?.length && `in ${line.languages.join(', ')}`].filter(Boolean).join(' · ');
  const link = line.url && /^https:\/\//.test(line.url) ? line.url : null;
  return (
    <li className="d-line">
      <span className="d-who"><b>{line.name}</b>{when && <span className="d-when">{when}</span>}</span>
      <span className="d-ways">
        {line.phone && <a className="d-call" href={`tel:${dial(line.phone)}`}>Call {line.phone}</a>}
        {line.text && (/^[\d\s+-]+$/.test(line.text) ? <a className="d-call d-second" href={`sms:${dial(line.text)}`}>Text {line.text}</a> : <span className="d-call d-second">{line.text}</span>)}
        {link && <a className="d-out" href={link} target="_blank" rel="noopener noreferrer">{site(link)}</a>}
      </span>
    </li>
  );
}

function HelpLines({ card }) {
  return (
    <>
      <ul className="d-lines">{card.lines.map((line) => <Line key={line.name} line={line} />)}</ul>
      {card.emergency?.length > 0 && (
        <p className="d-emergency">In immediate danger, call{' '}
          {card.emergency.map((number, index) => <span key={number}>{index > 0 && ' or '}<a href={`tel:${dial(number)}`}>{number}</a></span>)}.
        </p>
      )}
    </>
  );
}

function Help({ card }) {
  return (
    <section className="d-help" role="alert" aria-label="Help, now">
      <h3>You do not have to carry this alone.</h3>
      <p>{card.message}</p>
      <HelpLines card={card} />
      <p className="d-soft">Your entry is kept. Nothing was read into it, and nothing is suggested.</p>
    </section>
  );
}

function SoftHelp({ card }) {
  return (
    <details className="d-fold d-softhelp">
      <summary>If this weighs more than it says here, there are people you can talk to.</summary>
      <p>{card.message}</p>
      <HelpLines card={card} />
    </details>
  );
}
