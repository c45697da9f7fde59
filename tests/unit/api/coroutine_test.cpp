#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <mux/video/assets.hpp>
#include <mux/video/uploads.hpp>

namespace mux {
namespace {

// GCC 12 destroys an aggregate temporary of a co_await expression twice; parameters have a constructor
// against it, and so have the structs inside them. The sanitizers watch.
asio::awaitable<std::size_t> length_of(const asset_create_params& params) {
  co_return params.inputs.at(0).url->size();
}

asio::awaitable<std::size_t> url_of(input given) {
  co_return given.url->size();
}

asset_create_params with_url(std::string url) {
  asset_create_params params;
  params.inputs.emplace_back(std::move(url));
  return params;
}

TEST(ParametersInCoroutines, AreNoAggregates) {
  EXPECT_FALSE(std::is_aggregate_v<asset_create_params>);
  EXPECT_FALSE(std::is_aggregate_v<asset_list_params>);
  EXPECT_FALSE(std::is_aggregate_v<asset_update_params>);
  EXPECT_FALSE(std::is_aggregate_v<upload_create_params>);
  EXPECT_FALSE(std::is_aggregate_v<input>);
  EXPECT_FALSE(std::is_aggregate_v<input_overlay_settings>);
  EXPECT_FALSE(std::is_aggregate_v<asset_metadata>);
}

TEST(ParametersInCoroutines, AreDestroyedOnce) {
  asio::io_context context;
  std::size_t total = 0;
  const auto both = [&]() -> asio::awaitable<void> {
    total += co_await length_of(with_url(std::string(100, 'u')));
    total += co_await url_of(input(std::string(50, 'u')));
  };
  asio::co_spawn(context, both, asio::detached);
  context.run();
  EXPECT_EQ(total, 150u);
}

}  // namespace
}  // namespace mux
