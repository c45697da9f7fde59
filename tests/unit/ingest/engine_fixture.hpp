#pragma once

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "unit/ingest/temporary_folder.hpp"
#include "unit/ingest/virtual_world.hpp"

namespace mux::inline v0::ingest::test {

/// An engine over a fake Mux in virtual time; the journal commits on the same thread.
class engine_test : public ::testing::Test {
 protected:
  engine_options options() {
    engine_options settings;
    settings.journal = folder / "journal";
    settings.journal_settings.executor = io.get_executor();
    return settings;
  }
  result<summary> ingest(const std::string& manifest, const engine_options& settings) {
    std::istringstream input(manifest);
    engine all(mux, time, settings, &seen);
    running = &all;
    result<summary> outcome = run(io, time, all.run(manifest_source(input, "list.txt")));
    running = nullptr;
    return outcome;
  }
  result<summary> ingest(const std::string& manifest) { return ingest(manifest, options()); }

  temporary_folder folder;
  asio::io_context io;
  virtual_time time;
  fake_mux mux{time};
  memory seen;
  engine* running = nullptr;
};

}  // namespace mux::inline v0::ingest::test
