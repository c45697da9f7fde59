#include <iostream>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

// 10,000 rows; one create in a hundred meets each kind of trouble. The ledger of the fake, not the engine's
// own opinion, decides.
TEST_F(engine_test, ten_thousand_rows_through_every_kind_of_trouble_make_one_asset_each) {
  constexpr unsigned seed = 20'260'731;
  constexpr int rows = 10'000;
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  mux.interval = 10ms;
  mux.latency = 40ms;
  mux.lag = 5s;
  mux.late = 60s;
  mux.decide = [&](const manifest_row&) {
    constexpr fate troubles[] = {fate::lost_before,      fate::lost_after,      fate::lost_late,
                                 fate::error_500_before, fate::error_500_after, fate::unreadable,
                                 fate::unreachable};
    const unsigned drawn = random() % 100;
    return drawn < std::size(troubles) ? troubles[drawn] : fate::answered;
  };
  const result<summary> done = ingest(url_list(rows));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  const auto assets = mux.assets_by_marker();
  EXPECT_EQ(assets.size(), static_cast<std::size_t>(rows));
  for (const auto& [marker, count] : assets) ASSERT_EQ(count, 1) << marker;
  std::map<std::string, int> urls;
  for (const ledger_entry& entry : mux.ledger) ++urls[entry.url];
  EXPECT_EQ(urls.size(), static_cast<std::size_t>(rows));
  EXPECT_GT(done->found, 100u);
  EXPECT_GT(done->repeated, 100u);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
