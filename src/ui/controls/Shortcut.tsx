import { shortcutKeys } from '../format';

const isMac = /mac/i.test(navigator.userAgent);

/** A shortcut as keys of the keyboard. */
export function Shortcut({ shortcut }: { shortcut: string }) {
  return (
    <span className="kbd">
      {shortcutKeys(shortcut, isMac).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
