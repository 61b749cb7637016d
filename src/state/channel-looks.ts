/** How the channels of an image were last looked at: what suits one and not another. */
export class ChannelLooks<Look> {
  private readonly looks = new Map<number, Look>();

  /** Forgets all: another image is open. */
  clear(): void {
    this.looks.clear();
  }

  /** Keeps a channel's look, and returns that of the next one: the last it had, or what suits it at first. */
  exchange(channel: number, look: Look, next: number, atFirst: Look): Look {
    this.looks.set(channel, look);
    return this.looks.get(next) ?? atFirst;
  }
}
