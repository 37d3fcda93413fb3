// What Node does at no time in particular is done on the spot: Zstandard, which it hands to a thread, and the turns that
// long work leaves to others. For whoever imports these after doOnTheSpot() has been called.
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import zlib, { type ZstdOptions } from "node:zlib";

type Work = (data: Buffer, options: ZstdOptions) => Buffer;
type Callback = (error: Error | null, result?: Buffer) => void;

export function doOnTheSpot(): void {
  Object.assign(zlib, {
    zstdCompress: atOnce(zlib.zstdCompressSync),
    zstdDecompress: atOnce(zlib.zstdDecompressSync),
  });
  Object.assign(timers, { setImmediate: () => Promise.resolve() });
  syncBuiltinESMExports();
}

function atOnce(work: Work) {
  return (data: Buffer, options: ZstdOptions, callback: Callback) => {
    let result: Buffer;
    try {
      result = work(data, options);
    } catch (error) {
      return callback(error as Error);
    }
    callback(null, result);
  };
}
