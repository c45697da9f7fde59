#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mux/operation.hpp>

namespace mux {
namespace {

struct line {
  std::string id, method, path, limit, paging, answer, body, deprecated;
};

std::vector<line> published() {
  std::ifstream file(MUX_SOURCE_DIR "/src/codegen/endpoints.tsv");
  std::vector<line> lines;
  std::string text;
  std::getline(file, text);
  while (std::getline(file, text)) {
    std::istringstream row(text);
    line l;
    for (std::string* column :
         {&l.id, &l.method, &l.path, &l.limit, &l.paging, &l.answer, &l.body, &l.deprecated})
      std::getline(row, *column, '\t');
    lines.push_back(l);
  }
  return lines;
}

rate_class expected_limit(const line& l) {
  static const std::map<std::string, rate_class> by_name = {{"video-post", rate_class::video_post},
                                                            {"video-other", rate_class::video_other},
                                                            {"monitoring", rate_class::monitoring},
                                                            {"data", rate_class::data}};
  if (l.path.starts_with("/data/v1/realtime")) return rate_class::monitoring;
  if (l.limit != "unspecified") return by_name.at(l.limit);
  if (l.path.starts_with("/system/")) return rate_class::system;
  if (l.path.starts_with("/robots/")) return rate_class::robots;
  return rate_class::unlimited;
}

pagination expected_paging(const std::string& name) {
  static const std::map<std::string, pagination> by_name = {{"none", pagination::none},
                                                            {"cursor", pagination::cursor},
                                                            {"page", pagination::page},
                                                            {"page-timeframe", pagination::page_timeframe},
                                                            {"manual", pagination::manual}};
  return by_name.at(name);
}

const operation& row(std::string_view id) {
  const operation* found = find_operation(id);
  if (!found) throw std::out_of_range(std::string(id));
  return *found;
}

TEST(Operations, AreThe155PublishedOnesInTheirOrder) {
  const std::vector<line> lines = published();
  ASSERT_EQ(lines.size(), 155u);
  ASSERT_EQ(operations().size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const operation& op = operations()[i];
    SCOPED_TRACE(lines[i].id);
    EXPECT_EQ(op.id, lines[i].id);
    EXPECT_EQ(to_string(op.method), lines[i].method);
    EXPECT_EQ(op.path, lines[i].path);
    EXPECT_EQ(op.limit, expected_limit(lines[i]));
    EXPECT_EQ(op.paging, expected_paging(lines[i].paging));
    EXPECT_EQ(op.deprecated, lines[i].deprecated == "deprecated");
  }
}

TEST(Operations, AreFoundByTheirId) {
  for (const operation& op : operations()) EXPECT_EQ(find_operation(op.id), &op);
  EXPECT_EQ(find_operation("video.assets.explode"), nullptr);
  EXPECT_EQ(find_operation(""), nullptr);
}

TEST(Operations, AreReadAndRepeatedAsTheirMethodAllows) {
  std::set<std::string_view> special = {"video.uploads.create", "video.liveStreams.resetStreamKey",
                                        "robots.jobs.cancel"};
  for (const operation& op : operations()) {
    if (special.contains(op.id)) continue;
    SCOPED_TRACE(op.id);
    switch (op.method) {
      case http_method::get:
        EXPECT_EQ(op.repeat, idempotency::safe);
        break;
      case http_method::post:
        EXPECT_EQ(op.repeat, idempotency::create);
        break;
      default:
        EXPECT_EQ(op.repeat, idempotency::idempotent);
        break;
    }
  }
  EXPECT_EQ(row("video.uploads.create").repeat, idempotency::harmless_repeat);
  EXPECT_EQ(row("video.liveStreams.resetStreamKey").repeat, idempotency::once);
  EXPECT_EQ(row("robots.jobs.cancel").repeat, idempotency::idempotent);
}

TEST(Operations, NeverRepeatAnythingBilledBlindly) {
  for (const char* id :
       {"video.assets.create", "video.liveStreams.create", "video.assets.createStaticRendition",
        "video.assets.generateShots", "robots.jobs.summarize.create", "robots.directives.runs.create"})
    EXPECT_EQ(row(id).repeat, idempotency::create) << id;
}

TEST(Operations, KnowTheirDocumentedSuccess) {
  EXPECT_EQ(row("video.assets.create").success, 201);
  EXPECT_EQ(row("video.assets.list").success, 200);
  EXPECT_EQ(row("video.assets.delete").success, 204);
  EXPECT_EQ(row("video.liveStreams.complete").success, 200);
  for (const operation& op : operations()) EXPECT_TRUE(op.success >= 200 && op.success < 300) << op.id;
}

TEST(Operations, GoToTheHostThatServesThem) {
  EXPECT_EQ(row("video.assets.create").host, api_host::api);
  EXPECT_EQ(row("video.playback.thumbnail").host, api_host::image);
  EXPECT_EQ(row("video.playback.hls").host, api_host::stream);
  for (const operation& op : operations())
    EXPECT_EQ(op.host != api_host::api, op.limit == rate_class::unlimited) << op.id;
}

TEST(Operations, NameTheirClassesAndMethods) {
  EXPECT_EQ(to_string(rate_class::video_post), "video_post");
  EXPECT_EQ(to_string(rate_class::storage), "storage");
  EXPECT_EQ(to_string(rate_class::unlimited), "unlimited");
  EXPECT_EQ(to_string(http_method::delete_), "DELETE");
}

}  // namespace
TEST(operations, requests_to_undescribed_paths_are_classed_by_the_same_rule) {
  for (const operation& op : mux::operations())
    if (op.host == api_host::api) {
      EXPECT_EQ(mux::classify(op.method, op.path), op.limit) << op.id;
    }
  EXPECT_EQ(mux::classify(http_method::post, "/video/v2/things"), rate_class::video_post);
  EXPECT_EQ(mux::classify(http_method::delete_, "/video/v2/things"), rate_class::video_other);
  EXPECT_EQ(mux::classify(http_method::get, "/data/v1/realtime/new"), rate_class::monitoring);
  EXPECT_EQ(mux::classify(http_method::get, "/data/v9/new"), rate_class::data);
  EXPECT_EQ(mux::classify(http_method::post, "/robots/v0/new"), rate_class::robots);
  EXPECT_EQ(mux::classify(http_method::get, "/system/v1/new"), rate_class::system);
  EXPECT_EQ(mux::classify(http_method::get, "/nothing/like/it"), rate_class::system);
}

}  // namespace mux
