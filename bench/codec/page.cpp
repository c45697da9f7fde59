// A page of 100 assets, decoded and written, beside what simdjson itself needs for the same bytes.
// Ratios count, not microseconds: compare rows of one run only, as bench/codec/table does.

#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <mux/request.hpp>
#include <mux/video/assets.hpp>

#include "api/borrow.hpp"
#include "api/schemas_video.hpp"
#include "codec/codec.hpp"
#include "corpus.hpp"

namespace {

using asset_page = mux::page<mux::asset>;

const std::string& text() {
  static const std::string page = bench::corpus().page(100);
  return page;
}

const asset_page& decoded() {
  static const asset_page page = mux::codec::read<asset_page>(text()).value();
  return page;
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text().size()));
}

void page_copy_bytes(benchmark::State& state) {
  std::vector<char> to(text().size());
  for (auto _ : state) {
    std::memcpy(to.data(), text().data(), to.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}
BENCHMARK(page_copy_bytes);

void page_find_tokens(benchmark::State& state) {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> finder;
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(text().size(), 1, finder))
    throw std::bad_alloc();
  for (auto _ : state) {
    const auto code = finder->stage1(reinterpret_cast<const std::uint8_t*>(text().data()), text().size(),
                                     simdjson::stage1_mode::regular);
    benchmark::DoNotOptimize(code);
  }
  count_bytes(state);
}
BENCHMARK(page_find_tokens);

void page_dom_parse(benchmark::State& state) {
  const simdjson::padded_string padded(text());
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(padded).get(root)) throw std::runtime_error("not JSON");
    benchmark::DoNotOptimize(root);
  }
  count_bytes(state);
}
BENCHMARK(page_dom_parse);

void page_read(benchmark::State& state) {
  if (decoded().items.size() != 100) throw std::runtime_error("wrong page");
  for (auto _ : state) {
    auto page = mux::codec::read<asset_page>(text());
    benchmark::DoNotOptimize(page);
  }
  count_bytes(state);
}
BENCHMARK(page_read);

// The text comes by itself every time, as from the network: copying it is part of what is measured.
void page_read_borrowed(benchmark::State& state) {
  if (mux::api::borrow<mux::asset_view>(std::string(text())).value().size() != 100)
    throw std::runtime_error("wrong page");
  for (auto _ : state) {
    auto page = mux::api::borrow<mux::asset_view>(std::string(text()));
    benchmark::DoNotOptimize(page);
  }
  count_bytes(state);
}
BENCHMARK(page_read_borrowed);

void page_skip(benchmark::State& state) {
  for (auto _ : state) {
    auto page = mux::codec::read<mux::json>(text());
    benchmark::DoNotOptimize(page);
  }
  count_bytes(state);
}
BENCHMARK(page_skip);

void page_copy_and_destroy(benchmark::State& state) {
  for (auto _ : state) {
    asset_page copy = decoded();
    benchmark::DoNotOptimize(copy);
  }
  count_bytes(state);
}
BENCHMARK(page_copy_and_destroy);

void page_write(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    mux::codec::write(decoded(), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * out.size()));
}
BENCHMARK(page_write);

}  // namespace
