import type { FallbackProps } from 'react-error-boundary';

/** What is left to say when the page itself broke. */
export function ErrorScreen({ error }: FallbackProps) {
  const known = error instanceof Error ? error : new Error(String(error));
  return (
    <main className="error-screen" role="alert">
      <h1>This page broke and cannot go on.</h1>
      <p>
        {known.message} Reload it to start again; segments that were not saved are lost. If it
        happens again, report the details.
      </p>
      <button type="button" className="button" onClick={() => location.reload()}>
        Reload
      </button>
      <details>
        <summary>Details</summary>
        <pre>{known.stack ?? known.message}</pre>
      </details>
    </main>
  );
}
