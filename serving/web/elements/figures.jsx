// How somebody has been: charts that answer to the pointer, each under the sentence that says what it shows.
import { useEffect, useRef, useState } from 'react';

// The drawing library comes from this computer, when it is first needed.
function library() {
  const Discovery = (window.Discovery ??= {});
  return (Discovery.plotly ??= new Promise((done, failed) => {
    const script = Object.assign(document.createElement('script'), { src: '/public/plotly.min.js' });
    script.onload = () => done(window.Plotly);
    script.onerror = () => { Discovery.plotly = undefined; failed(new Error('no library')); };
    document.head.append(script);
  }));
}

function Plot({ chart }) {
  const here = useRef(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const place = here.current;
    let gone = false;
    let watch;
    const ink = () => getComputedStyle(place).color;
    library().then((Plotly) => {
      if (gone) return;
      const { layout, data } = structuredClone(chart.figure);
      layout.font = { ...layout.font, color: ink(), family: getComputedStyle(place).fontFamily };
      Plotly.newPlot(place, data, layout, { displayModeBar: false, responsive: true });
      watch = new MutationObserver(() => Plotly.relayout(place, { 'font.color': ink() }));
      watch.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    }).catch(() => setBroken(true));
    return () => { gone = true; watch?.disconnect(); window.Plotly?.purge(place); };
  }, []);
  return (
    <figure className="d-chart" data-chart={chart.name}>
      <figcaption><h3>{chart.title}</h3><p className="d-soft">{chart.says}</p></figcaption>
      {broken ? <p className="d-soft" role="status">The chart could not be drawn here; the sentence above says what it shows.</p>
        : <div ref={here} className="d-plot" style={{ minHeight: chart.figure.layout.height }} role="img" aria-label={`${chart.title}. ${chart.says}`} />}
    </figure>
  );
}

function Figures({ charts, says }) {
  const top = useRef(null);
  useEffect(() => { top.current?.scrollIntoView({ block: 'start' }); }, []);
  return (
    <section ref={top} className="d-page d-figures" aria-label="How you have been">
      <h2>How you have been</h2>
      <p className="d-soft">{says}</p>
      {charts.map((chart) => <Plot key={chart.name} chart={chart} />)}
      {charts.length > 0 && <p className="d-soft">These figures say what went together, never why. The same as a file to give to somebody: <code>discovery report</code>.</p>}
    </section>
  );
}

// Kept on window, the component stays the same one to React.
const Discovery = (window.Discovery ??= {});
Discovery.Figures ??= Figures;
export default <Discovery.Figures {...props} />;
