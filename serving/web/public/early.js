// Runs before Chainlit's own script. Its bundle expects `global`, and its theme is dark unless told otherwise.
globalThis.global = globalThis;
try {
  if (!localStorage.getItem('vite-ui-theme')) localStorage.setItem('vite-ui-theme', 'system');
} catch {
  // A browser that keeps nothing still gets the page, in Chainlit's default theme.
}
