// Where a person in distress can turn: data of known source, never words of a model. Nothing is put beneath it.
const dial = (number) => number.replace(/[^\d+*#]/g, '');
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

// Codes become names; where the source has words instead of a code, the words stay.
function tongue(code) {
  return /^[a-z]{2,3}$/.test(code) ? languageNames.of(code) : code;
}

// "85258" and "4357 (send HELP)" are numbers to text; "WhatsApp 9151 1767" is something to read.
function Written({ text }) {
  const number = /^[\d ]+/.exec(text)?.[0].trim();
  return number
    ? <a className="d-call d-second" href={`sms:${dial(number)}`}>Text {text}</a>
    : <span className="d-call d-second">{text}</span>;
}

function Line({ line }) {
  const when = [line.hours, line.languages?.length && `in ${line.languages.map(tongue).join(', ')}`].filter(Boolean).join(' · ');
  const link = line.url && /^https:\/\//.test(line.url) ? line.url : null;
  return (
    <li className="d-line">
      <span className="d-who"><b>{line.name}</b>{when && <span className="d-when">{when}</span>}</span>
      <span className="d-ways">
        {line.phone && <a className="d-call" href={`tel:${dial(line.phone)}`}>Call {line.phone}</a>}
        {line.text && <Written text={line.text} />}
        {link && <a className={line.phone || line.text ? 'd-out' : 'd-call d-second'} href={link} target="_blank" rel="noopener noreferrer">{site(link)}</a>}
      </span>
    </li>
  );
}

function HelpLines({ card }) {
  return (
    <>
      {card.emergency?.length > 0 && (
        <p className="d-emergency">In immediate danger, call{' '}
          {card.emergency.map((entry, index) => {
            const [number, use] = entry.split(/:\s*/);
            return <span key={entry}>{index > 0 && ' or '}<a href={`tel:${dial(number)}`}>{number}</a>{use && ` (${use})`}</span>;
          })}.
        </p>
      )}
      <ul className="d-lines">{card.lines.map((line) => <Line key={line.name} line={line} />)}</ul>
    </>
  );
}

// A person can say that they are safe; they are asked about it once. Nothing else that they do closes the card.
function Care({ page, act }) {
  if (page.says && page.care !== 'asked') return <p className="d-soft d-care-says" role="status">{page.says}</p>;
  if (page.care === 'asked') {
    return (
      <div className="d-care-asks" role="group" aria-label="Are you safe?">
        <p>{page.question}</p>
        <div className="d-row">
          <button type="button" className="d-button" onClick={() => act('safe', { safe: true })}>Yes, I am safe</button>
          <button type="button" className="d-button" onClick={() => act('safe', { safe: false })}>Not yet</button>
        </div>
      </div>
    );
  }
  return page.care === 'open'
    ? <p className="d-soft"><button type="button" className="d-link" onClick={() => act('safe', { safe: true })}>I am safe now</button></p>
    : null;
}

function Help({ card, page, act }) {
  return (
    <section className="d-help" role="alert" aria-label="Help, now">
      <h3>You do not have to carry this alone.</h3>
      <HelpLines card={card} />
      <p className="d-message">{card.message}</p>
      <p className="d-soft">Your entry is kept. Nothing was read into it, and nothing is suggested.</p>
      <Care page={page} act={act} />
    </section>
  );
}

function SoftHelp({ card, page, act }) {
  const heavy = page.level === 'concern';
  return (
    <>
      <details className="d-fold d-softhelp">
        <summary>{heavy ? 'If this weighs more than it says here, there are people you can talk to.' : 'The people you can talk to are still here.'}</summary>
        <p>{card.message}</p>
        <HelpLines card={card} />
        {page.care === 'open' && <Care page={page} act={act} />}
      </details>
      {page.care !== 'open' && <Care page={page} act={act} />}
    </>
  );
}
