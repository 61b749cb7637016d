/** What to do where the browser offers no GPU. */
export function GpuAdvice() {
  return (
    <ul className="gpu-advice">
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
  );
}
