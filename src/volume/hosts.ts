import { type BusyHost, Host, type HostOptions } from './host';

/** The hosts that are asked, each once however many read from it: volumes, layers and models. */
export class Hosts {
  private readonly known = new Map<string, Host>();

  constructor(private readonly options: HostOptions = {}) {}

  /** The host of an address: scheme, name and port. */
  at({ origin, host }: URL): Host {
    const known = this.known.get(origin);
    if (known) return known;
    const made = new Host(host, this.options);
    this.known.set(origin, made);
    return made;
  }

  /** Of those that are busy while requests wait for them, the one that is asked again last. */
  get busy(): BusyHost | null {
    let last: BusyHost | null = null;
    for (const { busy } of this.known.values())
      if (busy && busy.until > (last?.until ?? 0)) last = busy;
    return last;
  }
}
