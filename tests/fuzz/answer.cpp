// An HTTP answer in arbitrary pieces: it ends complete or with a typed error, within its bounds, and the
// pieces do not matter.

#include <cstddef>
#include <cstdint>
#include <fuzzer/FuzzedDataProvider.h>
#include <string>

#include "fuzz/demand.hpp"
#include "unit/transport/reading.hpp"

using mux::test::demand;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Its numbers come from the end, so that a plain answer is a good input.
  FuzzedDataProvider input(data, size);
  mux::response_limits limits;
  limits.header = 4096;
  limits.body = 64 * 1024;
  mux::test::arrival whole, split;
  whole.orderly = split.orderly = input.ConsumeBool();
  whole.to_sink = split.to_sink = input.ConsumeBool();
  split.steps.assign(input.ConsumeIntegralInRange<std::size_t>(1, 8), 1);
  for (std::size_t& step : split.steps) step = input.ConsumeIntegralInRange<std::size_t>(1, 300);
  const std::string bytes = input.ConsumeRemainingBytesAsString();

  const mux::test::reading once = read(bytes, whole, limits), again = read(bytes, split, limits);
  demand(once.complete == (once.code == mux::errc::none), "an answer is complete or an error");
  demand(once.rest <= bytes.size(), "no more is taken than was given");
  demand(once.streamed || once.response.body.size() <= limits.body, "the body is within its bound");
  demand(!once.complete || once.response.status >= 200, "a complete answer is a final one");
  demand(again.code == once.code, "pieces do not change the verdict");
  if (!once.complete) return 0;
  demand(again.response.status == once.response.status && again.response.body == once.response.body,
         "pieces do not change the answer");
  demand(again.rest == once.rest && again.keep_alive == once.keep_alive,
         "pieces do not change where the answer ends");
  return 0;
}
