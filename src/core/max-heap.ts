/** Items by priority, 0 or more: the greatest comes out first. */
export class MaxHeap<T> {
  private readonly items: { readonly priority: number; readonly item: T }[] = [];

  push(priority: number, item: T): void {
    const { items } = this;
    const added = { priority, item };
    let at = items.length;
    items.push(added);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (!parent || parent.priority >= priority) break;
      items[at] = parent;
      at = above;
    }
    items[at] = added;
  }

  pop(): T | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top?.item;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if ((items[below + 1]?.priority ?? -1) > (items[below]?.priority ?? 0)) below++;
      const child = items[below];
      if (!child || child.priority <= last.priority) break;
      items[at] = child;
      at = below;
    }
    items[at] = last;
    return top.item;
  }
}
