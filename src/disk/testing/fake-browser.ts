import { MemoryDisk } from '../../core/testing/memory-disk';
import type { ChunkFiles } from '../chunk-disk';
import type { Channel, TabSurroundings } from '../tab-disk';
import type { Letter, Notice } from '../tab-messages';

interface Tab {
  readonly id: string;
  isAlive: boolean;
  isFrozen: boolean;
  onNotice: (notice: Notice) => void;
  onLetter: (letter: Letter) => void;
  files: ChunkFiles | undefined;
  readonly lives: (() => void)[];
}

/** What is on its way from one tab to another: of one channel in order, of several in any. */
interface Delivery {
  readonly from: Tab;
  readonly to: Tab;
  readonly channel: 'notices' | 'letters';
  readonly hand: () => void;
}

/**
 * Tabs of a browser, their messages and the files they share. Messages wait until they are delivered; those to and from a
 * frozen tab until it thaws. A tab that ends does so at any moment, as by a crash: what it had on its way may still arrive.
 */
export class FakeBrowser {
  readonly disk = new MemoryDisk();
  /** All that were posted, as they were. */
  readonly letters: Letter[] = [];
  /** Of files: whether opening them fails. */
  isBroken = false;
  private readonly tabs = new Map<string, Tab>();
  private readonly turns: { readonly tab: Tab; readonly work: () => Promise<void> }[] = [];
  private atWork: Tab | undefined;
  private onTheWay: Delivery[] = [];
  private opened = 0;

  /** A tab's surroundings, for a disk of its own. */
  open(): TabSurroundings {
    const tab: Tab = {
      id: `tab ${++this.opened}`,
      isAlive: true,
      isFrozen: false,
      onNotice: () => {},
      onLetter: () => {},
      files: undefined,
      lives: [],
    };
    this.tabs.set(tab.id, tab);
    return {
      id: tab.id,
      notices: (onNotice): Channel<Notice> => {
        tab.onNotice = onNotice;
        return {
          post: (notice) => {
            const copy = structuredClone(notice);
            for (const to of this.tabs.values())
              if (to !== tab) this.send(tab, to, 'notices', () => to.onNotice(copy));
          },
          close: () => {},
        };
      },
      letters: (onLetter) => {
        tab.onLetter = onLetter;
      },
      lettersTo: (id): Channel<Letter> => ({
        post: (letter) => {
          this.letters.push(letter);
          const copy = structuredClone(letter);
          const to = this.tabs.get(id);
          if (to) this.send(tab, to, 'letters', () => to.onLetter(copy));
        },
        close: () => {},
      }),
      live: async () => {},
      whenGone: (id) =>
        new Promise((resolve) => {
          const other = this.tabs.get(id);
          if (other?.isAlive) other.lives.push(resolve);
          else resolve();
        }),
      takeTurn: (work) => {
        this.turns.push({ tab, work });
        this.nextTurn();
      },
      openFiles: async () => {
        await Promise.resolve();
        if (!tab.isAlive || this.isBroken) return undefined;
        tab.files = { data: this.disk.open('data'), journal: this.disk.open('journal') };
        return tab.files;
      },
      now: () => Date.now(),
    };
  }

  /** Ends a tab, which hears nothing any more. */
  end(id: string): void {
    const tab = this.tabs.get(id);
    if (!tab?.isAlive) return;
    tab.isAlive = false;
    this.closeFiles(id);
    for (const resolve of tab.lives) resolve();
    if (this.atWork !== tab) return;
    this.atWork = undefined;
    this.nextTurn();
  }

  /** Has a tab's files fail from now on. */
  closeFiles(id: string): void {
    const tab = this.tabs.get(id);
    tab?.files?.data.close();
    tab?.files?.journal.close();
    if (tab) tab.files = undefined;
  }

  freeze(id: string, isFrozen = true): void {
    const tab = this.tabs.get(id);
    if (tab) tab.isFrozen = isFrozen;
  }

  isFrozen(id: string): boolean {
    return this.tabs.get(id)?.isFrozen ?? false;
  }

  /** Delivers one of the messages that may be next; false where there is none. */
  deliver(choice = 0): boolean {
    const isNext = (delivery: Delivery, index: number) =>
      !delivery.from.isFrozen &&
      !delivery.to.isFrozen &&
      !this.onTheWay
        .slice(0, index)
        .some(
          ({ from, to, channel }) =>
            from === delivery.from && to === delivery.to && channel === delivery.channel,
        );
    const next = this.onTheWay.filter(isNext);
    const delivery = next[choice % Math.max(next.length, 1)];
    if (!delivery) return false;
    this.onTheWay = this.onTheWay.filter((other) => other !== delivery);
    if (delivery.to.isAlive) delivery.hand();
    return true;
  }

  private send(from: Tab, to: Tab, channel: Delivery['channel'], hand: () => void): void {
    if (from.isAlive) this.onTheWay.push({ from, to, channel, hand });
  }

  private nextTurn(): void {
    while (!this.atWork) {
      const next = this.turns.shift();
      if (!next) return;
      if (!next.tab.isAlive) continue;
      this.atWork = next.tab;
      const over = () => {
        if (this.atWork !== next.tab) return;
        this.atWork = undefined;
        this.nextTurn();
      };
      next.work().then(over, over);
    }
  }
}
