#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

class leftovers_test : public engine_test {};

// Rows are read from the journal 256 at a time. Rows of an earlier run that lie behind those are decided to
// be absent just when the first 256 have begun and the next are read: they must not begin twice.
TEST_F(leftovers_test, that_are_planned_again_while_rows_are_read_begin_once) {
  constexpr int read_at_once = 256, left = 40;
  for (int horizon = 246; horizon <= 260; ++horizon) {
    const temporary_folder own;
    fake_mux api(time);
    api.latency = 0ms;
    api.interval = 1s;
    api.decide = [](const manifest_row& row) {
      const int number = std::stoi(row.url.substr(row.url.rfind('/') + 1));
      return number < read_at_once ? fate::refused_400 : fate::lost_before;
    };
    engine_options settings = options();
    settings.journal = own / "journal";
    settings.policy = create_policy::at_most_once;
    const auto ingest_all = [&] {
      std::istringstream input(url_list(read_at_once + left));
      engine all(api, time, settings);
      return run(io, time, all.run(manifest_source(input, "list.txt")));
    };
    const result<summary> before = ingest_all();
    ASSERT_TRUE(before) << before.error();
    ASSERT_EQ(before->rows[row_state::failed], static_cast<std::uint64_t>(read_at_once));
    ASSERT_EQ(before->rows[row_state::ambiguous], static_cast<std::uint64_t>(left));

    api.decide = [](const manifest_row&) { return fate::answered; };
    settings.policy = create_policy::safe;
    settings.retry_failed = true;
    settings.horizon = std::chrono::seconds(horizon);
    const result<summary> done = ingest_all();
    ASSERT_TRUE(done) << done.error();
    EXPECT_TRUE(done->complete()) << "horizon " << horizon
                                  << " s: " << (done->why ? done->why->message() : "not complete");
    EXPECT_EQ(api.ledger.size(), static_cast<std::size_t>(read_at_once + left))
        << "horizon " << horizon << " s";
    EXPECT_EQ(api.duplicates(), 0u) << "horizon " << horizon << " s";
  }
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
