import { hasRelaxedSimd } from '../../../wasm/module';
import { SegmentThreads, type SegmentThreadsOptions } from '../../cpu/threads';

/** The exports of wasm/network/network.cpp. */
export type NetworkFunction =
  | 'network_bytes'
  | 'network_begin'
  | 'network_staging'
  | 'network_image'
  | 'network_logits'
  | 'network_pack'
  | 'network_start'
  | 'network_work'
  | 'network_stop';

/**
 * Threads for one network: `count` workers, and this thread, which calculates only where there are none. UNSUPPORTED_BROWSER or
 * SOURCE_UNREACHABLE as `SegmentThreads.start`.
 */
export const startNetworkThreads = ({
  count,
  modules = networkModules(hasRelaxedSimd()),
  ...options
}: SegmentThreadsOptions): Promise<SegmentThreads<NetworkFunction>> =>
  SegmentThreads.start({ ...options, count: count + 1, modules });

/** The module, with sums of products that are rounded once where that can be had. */
export const networkModules = (isRelaxed: boolean) =>
  ({
    alone: 'network',
    together: isRelaxed ? 'network.relaxed.threads' : 'network.threads',
  }) as const;
