// Beside the pages: a log of two taps (how pleasant, then keep), and the way to the figures.
import { useEffect, useRef, useState } from 'react';

const told = (name) => name.replaceAll('_', ' ');

function Chips({ title, names, chosen, toggle }) {
  return (
    <fieldset className="d-taps">
      <legend>{title}</legend>
      {names.map((name) => (
        <label key={name} className="d-tap" data-on={chosen.includes(name) || undefined}>
          <input type="checkbox" className="d-sr" checked={chosen.includes(name)} onChange={() => toggle(name)} />{told(name)}
        </label>
      ))}
    </fieldset>
  );
}

function Scale({ scale, valence, setValence }) {
  return (
    <fieldset className="d-scale">
      <legend>How is it right now?</legend>
      {scale.map((step) => (
        <label key={step.name} className="d-notch" data-on={valence === step.valence || undefined} style={{ '--d-at': (step.valence + 1) / 2 }}>
          <input type="radio" name="d-valence" className="d-sr" checked={valence === step.valence} onChange={() => setValence(step.valence)} />
          <span className="d-dot" aria-hidden="true" /><span className="d-notch-name">{step.name}</span>
        </label>
      ))}
      <p className="d-chosen" aria-hidden="true">{scale.find((step) => step.valence === valence)?.name ?? '\u00a0'}</p>
    </fieldset>
  );
}

function Log({ scale, quadrants, associations, keep, busy }) {
  const [valence, setValence] = useState(null);
  const [labels, setLabels] = useState([]);
  const [about, setAbout] = useState([]);
  const [note, setNote] = useState('');
  const next = useRef(null);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  // What can be tapped next is in sight, without a search for it.
  useEffect(() => { next.current?.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'center' }); }, [valence === null]);
  const flip = (set) => (name) => set((now) => (now.includes(name) ? now.filter((one) => one !== name) : [...now, name]));
  const side = valence !== null && valence < 0 ? 'unpleasant' : 'pleasant';
  // The side that was tapped comes first; the other stays within reach, for feelings are mixed.
  const sorted = [...quadrants].sort((a, b) => b.name.startsWith(side) - a.name.startsWith(side));
  return (
    <form ref={valence === null ? next : undefined} className="d-log" onSubmit={(event) => { event.preventDefault(); keep({ valence, labels, associations: about, note }); }}>
      <Scale scale={scale} valence={valence} setValence={setValence} />
      {valence !== null && (
        <>
          <div ref={next} className="d-row"><button type="submit" className="d-button d-strong" disabled={busy}>Keep this</button><span className="d-soft">That is enough. Everything below is up to you.</span></div>
          {sorted.map((one) => <Chips key={one.name} title={one.name} names={one.labels} chosen={labels} toggle={flip(setLabels)} />)}
          <Chips title="What it has to do with" names={associations} chosen={about} toggle={flip(setAbout)} />
          <label className="d-note-box">A note, if you like<textarea rows="2" maxLength="20000" value={note} onChange={(event) => setNote(event.target.value)} /></label>
          <div className="d-row"><button type="submit" className="d-button d-strong" disabled={busy}>Keep this</button></div>
        </>
      )}
    </form>
  );
}
