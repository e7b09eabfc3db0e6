// Why the machine thinks so. Words it quotes are marked where they are the person's own.
const QUOTED = /([“"][^“”"]+[”"])/;

function Sentence({ text, page, lit }) {
  const letters = Array.from(page.text);
  const carried = page.spans.map((span) => ({ ...span, words: letters.slice(span.start, span.end).join('').toLowerCase() }));
  return text.split(QUOTED).map((part, index) => {
    const quote = QUOTED.test(part) && part.slice(1, -1);
    if (!quote) return part;
    const said = quote.toLowerCase().replace(/[.,;:!?…]+$/, '');
    const span = carried.find((one) => one.words.includes(said) || said.includes(one.words));
    if (!span && !page.text.toLowerCase().includes(said)) return part;
    return <Mark key={index} mood={span?.mood ?? 'between'} label={span?.label ?? 'your words'} lit={lit}>“{quote}”</Mark>;
  });
}

const SOURCE = {
  model: 'Worded by a small language model, held to your own words. It can be wrong.',
  evidence: 'Put together from your own words. No language model was used.',
};

function Explanation({ page, lit }) {
  if (!page.explanation.length) return page.reading && page.emotions?.length ? <p className="d-soft d-waiting">Looking at your words</p> : null;
  const sources = [...new Set(page.explanation.map((piece) => piece.source))];
  return (
    <section className="d-explanation" aria-label="Why" aria-live="polite" aria-busy={page.reading}>
      <p>
        {page.explanation.map((piece, index) => (
          <span key={index} className="d-sentence"><Sentence text={piece.text} page={page} lit={lit} />{' '}</span>
        ))}
      </p>
      <p className="d-source">{sources.includes('model') ? SOURCE.model : SOURCE.evidence}</p>
    </section>
  );
}
