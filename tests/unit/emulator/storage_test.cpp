#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t unit = storage_transfer::unit;

std::string sha256(std::string_view bytes) {
  content_hash hash;
  hash.update(bytes);
  return hash.sha256();
}

std::string range(std::size_t first, std::size_t end, std::string_view total) {
  return "bytes " + std::to_string(first) + '-' + std::to_string(end - 1) + '/' + std::string(total);
}

class storage : public testing::Test {
 protected:
  /// Sends the bytes of `file` from `first` up to `end`.
  std::optional<reply> put(std::size_t first, std::size_t end, std::string_view total) {
    return h.put(target, std::string_view(file).substr(first, end - first), range(first, end, total));
  }
  std::optional<reply> put(std::size_t first, std::size_t end) {
    return put(first, end, std::to_string(file.size()));
  }
  reply query(std::string_view total = "*") { return *h.put(target, "", "bytes */" + std::string(total)); }

  /// `Range` of a 308; "none" if it has none.
  static std::string durable(const std::optional<reply>& answer) {
    EXPECT_TRUE(answer);
    EXPECT_EQ(answer->status, 308);
    const auto text = field_of(*answer, "Range");
    return text.empty() ? "none" : text;
  }
  /// One asset, made of exactly the bytes of `file`.
  void expect_complete() {
    const auto created = h.created();
    ASSERT_EQ(created.size(), 1u);
    EXPECT_EQ(created[0].size, file.size());
    EXPECT_EQ(created[0].sha256, sha256(file));
    EXPECT_EQ(h.ledger().stored_bytes, file.size());
    EXPECT_EQ(h.ledger().upload_assets, 1u);
  }
  void fault(std::string_view text) {
    h.api.with_world([&](world& w) { w.faults.set({*parse_fault(text)}); });
  }

  harness h;
  boost::json::object upload = h.create_upload();
  std::string target = target_of(upload);
  std::string file = file_of(5 * unit + 777);
};

TEST_F(storage, takes_a_whole_file_in_one_request) {
  const auto answer = h.put(target, file);
  EXPECT_EQ(answer->status, 200);
  const auto metadata = harness::parse(*answer);
  content_hash hash;
  hash.update(file);
  EXPECT_EQ(std::string(metadata.at("size").as_string()), std::to_string(file.size()));
  EXPECT_EQ(std::string(metadata.at("crc32c").as_string()), hash.crc32c_base64());
  EXPECT_EQ(field_of(*answer, "x-goog-hash"), "crc32c=" + hash.crc32c_base64());
  EXPECT_EQ(answer->sender, sender::storage);
  expect_complete();
}

TEST_F(storage, never_names_the_asset) {
  const auto answer = h.put(target, file);
  const auto asset_id = h.created().front().id;
  EXPECT_THAT(answer->body, testing::Not(testing::HasSubstr(asset_id)));
}

TEST_F(storage, takes_a_file_in_chunks_and_says_how_much_is_durable) {
  EXPECT_EQ(durable(query()), "none");
  EXPECT_EQ(durable(put(0, 2 * unit)), "bytes=0-524287");
  EXPECT_EQ(durable(put(2 * unit, 5 * unit)), "bytes=0-1310719");
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(put(5 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, learns_the_size_with_the_last_chunk) {
  EXPECT_EQ(durable(put(0, 2 * unit, "*")), "bytes=0-524287");
  EXPECT_EQ(durable(put(2 * unit, 5 * unit, "*")), "bytes=0-1310719");
  EXPECT_EQ(put(5 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, takes_a_file_whose_last_chunk_is_a_whole_unit) {
  file = file_of(2 * unit);
  EXPECT_EQ(durable(put(0, unit)), "bytes=0-262143");
  EXPECT_EQ(put(unit, 2 * unit)->status, 200);
  expect_complete();
}

TEST_F(storage, a_query_changes_nothing_until_every_byte_is_there) {
  file = file_of(2 * unit);
  EXPECT_EQ(durable(put(0, unit, "*")), "bytes=0-262143");
  for (const auto* total : {"*", "524288", "100", "9000000"})
    EXPECT_EQ(durable(query(total)), "bytes=0-262143");
  EXPECT_EQ(durable(put(unit, 2 * unit, "*")), "bytes=0-524287");
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(query("524288").status, 200);
  expect_complete();
}

TEST_F(storage, a_query_cannot_cut_a_file_whose_size_is_known) {
  EXPECT_EQ(durable(put(0, unit)), "bytes=0-262143");
  EXPECT_EQ(durable(query("262144")), "bytes=0-262143");
  EXPECT_EQ(h.ledger().creates, 0u);
}

TEST_F(storage, a_query_finishes_an_empty_file) {
  EXPECT_EQ(query("0").status, 200);
  ASSERT_EQ(h.created().size(), 1u);
  EXPECT_EQ(h.created()[0].size, 0u);
}

TEST_F(storage, a_finished_session_answers_anything_with_its_metadata_and_makes_no_second_asset) {
  const auto finished = h.put(target, file);
  for (const auto& again : {h.put(target, file), put(0, unit), put(5 * unit, file.size()),
                            std::optional(query()), std::optional(query("1"))}) {
    EXPECT_EQ(again->status, 200);
    EXPECT_EQ(again->body, finished->body);
  }
  expect_complete();
}

TEST_F(storage, bytes_that_are_durable_already_count_once) {
  EXPECT_EQ(durable(put(0, 3 * unit)), "bytes=0-786431");
  EXPECT_EQ(durable(put(0, 2 * unit)), "bytes=0-786431");
  EXPECT_EQ(durable(put(2 * unit, 4 * unit)), "bytes=0-1048575");
  EXPECT_EQ(h.put(target, file)->status, 200);
  EXPECT_EQ(h.ledger().storage_bytes, 7 * unit + file.size());
  expect_complete();
}

TEST_F(storage, a_gap_is_answered_503_and_nothing_of_it_is_kept) {
  EXPECT_EQ(put(unit, 2 * unit)->status, 503);
  EXPECT_EQ(durable(query()), "none");
  EXPECT_EQ(durable(put(0, unit)), "bytes=0-262143");
  EXPECT_EQ(put(2 * unit, file.size())->status, 503);
  EXPECT_EQ(durable(query()), "bytes=0-262143");
}

TEST_F(storage, only_whole_units_of_a_chunk_that_is_not_the_last_become_durable) {
  EXPECT_EQ(durable(put(0, 2 * unit + 1)), "bytes=0-524287");
  EXPECT_EQ(durable(put(0, 3 * unit - 1, "*")), "bytes=0-524287");
  const auto small = put(2 * unit, 3 * unit - 1);
  EXPECT_EQ(small->status, 400);
  EXPECT_THAT(small->body, testing::HasSubstr("262144"));
  EXPECT_EQ(put(2 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, contradictions_are_answered_400) {
  EXPECT_EQ(durable(put(0, 2 * unit)), "bytes=0-524287");
  const auto one = std::string_view(file).substr(2 * unit, unit);
  for (const auto& header : {std::string(), std::string("bytes"), std::string("bytes 524288-786431"),
                             range(2 * unit, 3 * unit + 1, "*"), range(2 * unit, 3 * unit, "1000000000"),
                             range(0, unit, std::to_string(unit)), std::string("bytes */*")})
    EXPECT_EQ(h.put(target, one, header)->status, 400) << header;
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  EXPECT_EQ(put(2 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, a_client_may_ask_for_200_instead_of_308) {
  message request;
  request.method = "PUT";
  request.target = target;
  request.content_range = "bytes */*";
  request.content_length = 0;
  request.no_308 = true;
  const auto answer = storage_transfer(h.api, request).finish();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(field_of(answer, "X-HTTP-Status-Code-Override"), "308");
}

TEST_F(storage, a_body_of_unknown_length_is_complete_with_its_end) {
  message request;
  request.method = "PUT";
  request.target = target;
  storage_transfer transfer(h.api, request);
  EXPECT_TRUE(transfer.receive(file));
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(transfer.finish().status, 200);
  expect_complete();
}

TEST_F(storage, the_whole_units_of_a_request_that_broke_off_are_durable) {
  message request;
  request.method = "PUT";
  request.target = target;
  request.content_length = file.size();
  {
    storage_transfer transfer(h.api, request);
    EXPECT_TRUE(transfer.receive(std::string_view(file).substr(0, 2 * unit + 100)));
  }
  EXPECT_EQ(h.ledger().storage_bytes, 2 * unit + 100);
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  EXPECT_EQ(put(2 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, two_requests_at_once_store_every_byte_once) {
  message request;
  request.method = "PUT";
  request.target = target;
  request.content_length = file.size();
  storage_transfer slow(h.api, request), quick(h.api, request);
  EXPECT_TRUE(slow.receive(std::string_view(file).substr(0, 2 * unit + 100)));
  EXPECT_TRUE(quick.receive(std::string_view(file).substr(0, unit + 100)));
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  EXPECT_TRUE(quick.receive(std::string_view(file).substr(unit + 100)));
  EXPECT_EQ(quick.finish().status, 200);
  EXPECT_TRUE(slow.receive(std::string_view(file).substr(2 * unit + 100)));
  EXPECT_EQ(slow.finish().status, 200);
  expect_complete();
}

TEST_F(storage, the_size_of_the_pieces_makes_no_difference) {
  for (const std::size_t piece : {std::size_t(1000), unit - 1, unit, unit + 1, 3 * unit, file.size()}) {
    const auto other = target_of(h.create_upload());
    EXPECT_EQ(h.put(other, file, std::nullopt, piece)->status, 200);
    EXPECT_EQ(h.created().back().sha256, sha256(file)) << piece;
  }
}

TEST_F(storage, needs_the_exact_url_and_nothing_else) {
  for (const auto& wrong : {target.substr(0, target.find('?')), target.substr(0, target.size() - 1),
                            target + "0", std::string("/_storage/")})
    EXPECT_EQ(h.put(wrong, file)->status, 404) << wrong;
  auto decoded = target;
  decoded.replace(decoded.find("%2F"), 3, "/");
  EXPECT_EQ(h.put(decoded, file)->status, 404);
  EXPECT_EQ(h.ledger().stored_bytes, 0u);
  EXPECT_EQ(h.ledger().unauthorized, 0u);
}

TEST_F(storage, counts_credentials_that_it_should_not_have_seen) {
  message request;
  request.method = "PUT";
  request.target = target;
  request.content_range = "bytes */*";
  request.content_length = 0;
  request.authorization = "Basic aWQ6c2VjcmV0";
  EXPECT_EQ(storage_transfer(h.api, request).finish().status, 308);
  EXPECT_EQ(h.ledger().leaked_credentials, 1u);
  EXPECT_EQ(durable(query()), "none");
  EXPECT_EQ(h.ledger().leaked_credentials, 1u);
}

TEST_F(storage, takes_puts_alone) {
  message request;
  request.method = "GET";
  request.target = target;
  request.content_length = 0;
  EXPECT_EQ(storage_transfer(h.api, request).finish().status, 405);
}

TEST_F(storage, a_session_ends_after_a_week) {
  h.advance(std::chrono::hours(7 * 24) - 1s);
  EXPECT_EQ(durable(query()), "none");
  h.advance(1s);
  EXPECT_EQ(query().status, 410);
  EXPECT_EQ(h.put(target, file)->status, 410);
}

TEST_F(storage, is_outside_of_the_limits) {
  h.api.with_world([](world& w) {
    for (std::size_t i = 0; i < rate_class_count; ++i) w.limits.set(static_cast<rate_class>(i), {0.001, 1});
  });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(durable(query()), "none");
  EXPECT_EQ(h.ledger().classes[static_cast<std::size_t>(rate_class::storage)].requests, 20u);
}

TEST_F(storage, a_partial_fault_keeps_half_of_the_units_of_what_is_new) {
  fault("partial*1");
  EXPECT_EQ(durable(put(0, 5 * unit)), "bytes=0-524287");
  fault("partial*1");
  EXPECT_EQ(durable(put(0, 3 * unit)), "bytes=0-524287");
  EXPECT_EQ(durable(put(2 * unit, 5 * unit)), "bytes=0-1310719");
  fault("partial*1");
  EXPECT_EQ(durable(put(5 * unit, file.size())), "bytes=0-1310719");
  EXPECT_EQ(put(5 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, a_partial_fault_may_keep_nothing) {
  fault("partial*1");
  EXPECT_EQ(durable(put(0, unit)), "none");
  fault("partial*1");
  EXPECT_EQ(durable(h.put(target, file)), "bytes=0-524287");
  EXPECT_EQ(h.put(target, file)->status, 200);
  expect_complete();
}

TEST_F(storage, a_fault_before_keeps_nothing_and_one_after_everything) {
  fault("http_503_before@storage*1");
  EXPECT_EQ(put(0, unit)->status, 503);
  EXPECT_EQ(durable(query()), "none");
  fault("http_500_after@storage.chunk*1");
  EXPECT_EQ(put(0, unit)->status, 500);
  EXPECT_EQ(durable(query()), "bytes=0-262143");
  fault("drop_before@storage.finish*1");
  EXPECT_EQ(durable(put(unit, 2 * unit)), "bytes=0-524287");
  EXPECT_EQ(put(2 * unit, file.size())->delivery, delivery::dropped);
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  fault("upload_answer_lost*1");
  EXPECT_EQ(put(2 * unit, file.size())->delivery, delivery::dropped);
  EXPECT_EQ(query().status, 200);
  expect_complete();
  EXPECT_EQ(h.ledger().faults, 4u);
}

TEST_F(storage, faults_tell_chunks_queries_and_last_chunks_apart) {
  fault("reset_after@storage.query*1");
  EXPECT_EQ(durable(put(0, unit)), "bytes=0-262143");
  EXPECT_EQ(query().delivery, delivery::reset);
  fault("delay:1500@storage.chunk");
  EXPECT_EQ(put(unit, 2 * unit)->delay, 1500ms);
  EXPECT_EQ(query().delay, 0ms);
  EXPECT_EQ(put(2 * unit, file.size())->delay, 0ms);
}

TEST_F(storage, a_cut_comes_in_the_middle_of_a_body) {
  fault("cut*1");
  EXPECT_FALSE(put(0, 5 * unit));
  EXPECT_EQ(durable(query()), "bytes=0-524287");
  fault("cut*1");
  EXPECT_EQ(query().delivery, delivery::reset);
  EXPECT_EQ(put(2 * unit, file.size())->status, 200);
  expect_complete();
}

TEST_F(storage, a_session_may_expire_by_a_fault) {
  EXPECT_EQ(durable(put(0, unit)), "bytes=0-262143");
  fault("expire_session*1");
  EXPECT_EQ(put(unit, 2 * unit)->status, 410);
  EXPECT_EQ(query().status, 410);
  EXPECT_EQ(put(0, unit)->status, 410);
  EXPECT_EQ(h.upload(std::string(upload.at("id").as_string())).at("status"), "waiting");
}

TEST_F(storage, an_upload_may_end_with_an_error) {
  fault("upload_errored");
  EXPECT_EQ(h.put(target, file)->status, 200);
  const auto failed = h.upload(std::string(upload.at("id").as_string()));
  EXPECT_EQ(failed.at("status"), "errored");
  EXPECT_EQ(failed.at("error").at("type"), "invalid_input");
  EXPECT_TRUE(failed.at("error").as_object().contains("message"));
  EXPECT_FALSE(failed.contains("asset_id"));
  EXPECT_EQ(h.ledger().creates, 0u);
}

TEST_F(storage, its_own_faults_spare_the_api) {
  fault("partial");
  EXPECT_EQ(h.call("GET", "/video/v1/uploads").status, 200);
  EXPECT_EQ(h.ledger().faults, 0u);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
