#include <fstream>
#include <iostream>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

/// Everything that outlives a killed process: its files, and Mux with the requests that were on their way.
struct snapshot {
  std::string journal, wal;
  std::vector<ledger_entry> ledger;
  std::vector<fake_mux::pending_effect> on_its_way;
  std::chrono::steady_clock::time_point at;
};

class kill_test : public ::testing::TestWithParam<unsigned> {
 protected:
  fate draw(std::mt19937& random) {
    switch (random() % 10) {
      case 0:
        return fate::lost_after;
      case 1:
        return fate::lost_before;
      case 2:
        return fate::error_500_after;
      default:
        return fate::answered;
    }
  }
};

// The journal is copied at every commit and at every effect at Mux, that is wherever a kill can make a
// difference. From each copy the batch must end with one asset per row.
TEST_P(kill_test, at_any_moment_costs_neither_a_duplicate_nor_a_row) {
  constexpr int rows = 8;
  const unsigned seed = GetParam();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  std::vector<snapshot> kills;
  {
    const temporary_folder folder;
    asio::io_context io;
    virtual_time time;
    fake_mux mux(time);
    mux.lag = 3s;
    mux.decide = [&](const manifest_row&) { return draw(random); };
    const auto take = [&] {
      kills.push_back({read_all(folder / "journal"), read_all(folder / "journal-wal"), mux.ledger,
                       mux.on_its_way, time.now()});
    };
    mux.changed = take;
    engine_options settings;
    settings.journal = folder / "journal";
    settings.journal_settings.executor = io.get_executor();
    settings.journal_settings.committed = take;
    std::istringstream input(url_list(rows));
    engine all(mux, time, settings);
    const result<summary> done = run(io, time, all.run(manifest_source(input, "list.txt")));
    ASSERT_TRUE(done) << done.error();
    ASSERT_TRUE(done->complete());
  }
  ASSERT_GT(kills.size(), 20u);
  for (std::size_t k = 0; k < kills.size(); ++k) {
    const snapshot& kill = kills[k];
    const temporary_folder folder;
    folder.write("journal", kill.journal);
    folder.write("journal-wal", kill.wal);
    asio::io_context io;
    virtual_time time;
    time.jump(kill.at - time.now());
    fake_mux mux(time);
    mux.lag = 3s;
    mux.ledger = kill.ledger;
    // What was under way arrives a little later, or never.
    for (const auto& effect : kill.on_its_way)
      if (random() % 2 == 0)
        mux.on_its_way.push_back({effect.at + std::chrono::seconds(random() % 60), effect.row, true});
    mux.decide = [&](const manifest_row&) { return draw(random); };
    engine_options settings;
    settings.journal = folder / "journal";
    settings.journal_settings.executor = io.get_executor();
    std::istringstream input(url_list(rows));
    engine all(mux, time, settings);
    const result<summary> done = run(io, time, all.run(manifest_source(input, "list.txt")));
    ASSERT_TRUE(done) << "kill " << k << ": " << done.error();
    EXPECT_TRUE(done->complete()) << "kill " << k;
    EXPECT_EQ(mux.ledger.size(), static_cast<std::size_t>(rows)) << "kill " << k;
    EXPECT_EQ(mux.duplicates(), 0u) << "kill " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, kill_test, ::testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace mux::inline v0::ingest::test
