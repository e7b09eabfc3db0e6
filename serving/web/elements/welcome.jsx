// The first screen: what this is, that it is a machine, and where the words live.
import { useState } from 'react';

function Where({ server }) {
  return server
    ? <>Your entries are kept, encrypted, on the server <b>{server}</b>. This page sends them there and nowhere else.</>
    : <>Your entries are kept on this computer, encrypted. Nothing you write leaves it.</>;
}

function Facts({ server }) {
  return (
    <dl className="d-facts">
      <div>
        <dt>A machine reads along</dt>
        <dd>It finds patterns in words, says how sure it is, and is sometimes wrong. No person sees what you write, and this is no therapy.</dd>
      </div>
      <div>
        <dt>It stays with you</dt>
        <dd><Where server={server} /> You can take everything out, or erase it, at any time.</dd>
      </div>
      <div>
        <dt>You have the last word</dt>
        <dd>If the reading is off, say what it really was. Your word counts everywhere, the machine's does not.</dd>
      </div>
    </dl>
  );
}

function Welcome({ returning, trouble, server }) {
  const [open, setOpen] = useState(false);
  return (
    <section className={`d-welcome ${returning ? 'd-returning' : ''}`} aria-labelledby="d-hello">
      <h1 id="d-hello">{returning ? 'Welcome back.' : 'Write what is on your mind.'}</h1>
      {returning ? (
        <p className="d-lead">
          Discovery is a machine that reads along in your journal. <Where server={server} />{' '}
          <button type="button" className="d-link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Less' : 'What that means'}
          </button>
        </p>
      ) : (
        <p className="d-lead">
          Discovery is a private journal that listens. It keeps every word, tells you which emotions may be in it and which
          words made it think so, and, if you like, suggests a game or something to watch.
        </p>
      )}
      {(!returning || open) && <Facts server={server} />}
      {(!returning || open) && (
        <p className="d-care">
          If you are in danger, call your local emergency number.{' '}
          <a href="https://findahelpline.com" target="_blank" rel="noopener noreferrer">findahelpline.com</a> lists
          people to talk to, free and in confidence, in every country.
        </p>
      )}
      {trouble && (
        <div className="d-trouble" role="status">
          <p><b>Your journal is not answering.</b> {trouble.replaceAll('`', '')} You can write already: what you write stays on this page
            until it can be kept.</p>
          <button type="button" className="d-button" onClick={() => window.location.reload()}>Try again</button>
        </div>
      )}
    </section>
  );
}

// Chainlit runs this file again at every change. Kept on window, the component stays the same one to React.
const Discovery = (window.Discovery ??= {});
Discovery.Welcome ??= Welcome;
export default <Discovery.Welcome {...props} />;
