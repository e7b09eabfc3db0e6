// The answer to a question: what the journal holds, in sentences. Nothing of it is kept unless somebody says so.
function Answer({ page }) {
  if (!page.answer.length) return null;
  return (
    <section className="d-answer" aria-label="Answer" role="status">
      {page.answer.map((sentence, index) => <p key={index} className="d-sentence">{sentence}</p>)}
    </section>
  );
}

function AnsweredFoot({ act }) {
  return (
    <footer className="d-foot">
      <span>Answered, not kept</span>
      <button type="button" className="d-link" onClick={() => act('keep')}>Keep it as an entry</button>
    </footer>
  );
}
