// The pages of the journal. Chainlit compiles this file in the browser, and runs it again at every change.
import { useEffect, useRef, useState } from 'react';

const CHOICES = @CHOICES@;
const MOODS = { pleasant: 'Pleasant', between: 'In between', unpleasant: 'Unpleasant', even: 'Neither' };
const GOALS = { stay: 'stay with it', lift: 'something lighter', calm: 'calm', energise: 'energy', distract: 'distraction', connect: 'company' };
const moodOf = (label) => Object.keys(CHOICES).find((mood) => CHOICES[mood].includes(label)) ?? 'between';

// "Today, 14:05" for what is near, the whole date for what is not.
function moment(iso) {
  const when = new Date(iso);
  const locale = navigator.language.startsWith('en') ? navigator.language : 'en-GB';
  const time = when.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' });
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(new Date()) - midnight(when)) / 86400000);
  if (days === 0) return `Today, ${time}`;
  if (days === 1) return `Yesterday, ${time}`;
  const year = when.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return `${when.toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short', year })}, ${time}`;
}

// The text cut where marks begin and end. Offsets count code points, which JavaScript's own indices do not.
function pieces(text, spans) {
  const letters = Array.from(text);
  const cut = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start < at || span.end > letters.length) continue;
    cut.push({ text: letters.slice(at, span.start).join('') }, { text: letters.slice(span.start, span.end).join(''), span });
    at = span.end;
  }
  cut.push({ text: letters.slice(at).join('') });
  return cut.filter((piece) => piece.text);
}

function Mark({ mood, label, lit, children }) {
  return <mark className="d-mark" data-mood={mood} data-lit={lit === label || undefined} title={`read as ${label}`}>{children}</mark>;
}

// What the person wrote, as they wrote it, with the words marked that carried an emotion.
function Words({ page, lit }) {
  return (
    <div className="d-words">
      {pieces(page.text, page.spans).map((piece, index) =>
        piece.span ? <Mark key={index} mood={piece.span.mood} label={piece.span.label} lit={lit}>{piece.text}</Mark> : piece.text
      )}
    </div>
  );
}
