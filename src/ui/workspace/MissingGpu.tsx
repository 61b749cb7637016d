/** What to do when no GPU can be used, in place of the views. */
export function MissingGpu({ reason }: { reason: string }) {
  return (
    <div className="missing-gpu" role="alert">
      <h2>Floodlight needs WebGPU, and this browser offers none.</h2>
      <p>{reason}</p>
      <ul>
        <li>
          In the browser’s settings, turn on “Use graphics acceleration when available”; install the
          graphics card’s current driver.
        </li>
        <li>
          On Linux, start Chrome with <code>--enable-unsafe-webgpu --enable-features=Vulkan</code>.
        </li>
        <li>
          <code>chrome://gpu</code> tells what the browser found of the graphics card, and what it
          switched off.
        </li>
      </ul>
      <p className="dim">
        Then reload this page. Meanwhile sources can be opened and looked up, but not drawn or
        filled.
      </p>
    </div>
  );
}
