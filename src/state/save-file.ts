import { fileSave, supported } from 'browser-fs-access';

/**
 * Asks where to save, then makes the file and writes it, so that nothing is computed for a save that is called off.
 * Rejects with an AbortError when the user calls it off.
 */
export async function saveFile(
  fileName: string,
  mimeType: string,
  make: () => Promise<Blob>,
): Promise<void> {
  let answer: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  // Browsers without a file picker download to the user's folder, with no question.
  if (!supported) answer();
  const extension = `.${fileName.split('.').pop() ?? ''}`;
  await fileSave(
    asked.then(make),
    { fileName, extensions: [extension], mimeTypes: [mimeType] },
    null,
    false,
    () => {
      answer();
      return null;
    },
  );
}
