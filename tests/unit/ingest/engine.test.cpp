#include <set>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

TEST_F(engine_test, creates_one_asset_per_row) {
  const result<summary> done = ingest(url_list(40));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->created_now, 40u);
  EXPECT_EQ(mux.ledger.size(), 40u);
  EXPECT_EQ(mux.duplicates(), 0u);
  std::set<std::string> urls;
  for (const ledger_entry& entry : mux.ledger) urls.insert(entry.url);
  EXPECT_EQ(urls.size(), 40u);
  EXPECT_EQ(mux.pages, 0u) << "nothing was ambiguous, nothing had to be looked for";
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
