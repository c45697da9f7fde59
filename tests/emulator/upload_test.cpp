// Direct uploads of the client against the emulator over real TLS: what arrived is read from its ledger.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <mux/emulator/server.hpp>
#include <mux/mux.hpp>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using mux::errc;

std::string some_bytes(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string sha256(const std::string& of) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(of.data(), of.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    hex += two;
  }
  return hex;
}

class uploads_and_emulator : public testing::Test {
 protected:
  uploads_and_emulator() {
    std::string name = (fs::temp_directory_path() / "mux-upload-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    mux::emulator::server_options served;
    served.limits.fill(mux::emulator::no_limit);
    served.ready_after = 0s;
    served.seed = 7;
    emulator = std::make_unique<mux::emulator::server>(std::move(served));
    emulator->start();
    options.base_url = emulator->base_url();
    options.credentials.token_id = emulator->token_id();
    options.credentials.token_secret = emulator->token_secret();
    options.ca_file = emulator->ca_file().string();
    options.retry.base_pause = 1ms;
    options.retry.max_pause = 5ms;
    for (mux::class_limit& limit : options.limits.classes) limit.rate = mux::unlimited_rate;
    settings.chunk = 1024 * 1024;
    settings.tries = 30;
  }
  ~uploads_and_emulator() override { fs::remove_all(folder); }

  template <class T>
  T run(asio::awaitable<T> task) {
    std::future<T> future = asio::co_spawn(io, std::move(task), asio::use_future);
    io.restart();
    io.run();
    return future.get();
  }
  mux::file_source file(const std::string& bytes) {
    std::ofstream(folder / "film", std::ios::binary) << bytes;
    return mux::file_source::open(folder / "film").value();
  }
  mux::upload new_upload(const mux::client& client) {
    mux::upload_create_params params;
    params.cors_origin = "*";
    return run(client.video.uploads.create(params));
  }
  /// The upload became an asset of just these bytes, and nothing of the API's went to the storage.
  void expect_asset(const mux::client& client, const std::string& upload, const std::string& bytes) {
    const mux::upload read = run(client.video.uploads.retrieve(upload));
    EXPECT_EQ(read.status, mux::upload_status::asset_created);
    EXPECT_TRUE(read.asset_id.has_value());
    const auto created = emulator->created();
    ASSERT_EQ(created.size(), 1u);
    EXPECT_EQ(created[0].size, bytes.size());
    EXPECT_EQ(created[0].sha256, sha256(bytes));
    EXPECT_EQ(emulator->ledger().leaked_credentials, 0u);
  }

  fs::path folder;
  std::unique_ptr<mux::emulator::server> emulator;
  mux::client_options options;
  mux::upload_options settings;
  asio::io_context io;
};

TEST_F(uploads_and_emulator, a_file_becomes_an_asset) {
  const std::string film = some_bytes(5 * 1024 * 1024 + 1);
  mux::file_source from = file(film);
  const mux::client client(io.get_executor(), options);
  const mux::upload made = new_upload(client);
  const mux::upload_outcome done = run(client.upload(made.url.value(), from, settings));
  EXPECT_EQ(done.bytes, film.size());
  EXPECT_EQ(done.retries, 0);
  EXPECT_EQ(emulator->ledger().storage_bytes, film.size());
  expect_asset(client, made.id, film);
}

TEST_F(uploads_and_emulator, so_does_an_empty_one) {
  mux::file_source from = file("");
  const mux::client client(io.get_executor(), options);
  const mux::upload made = new_upload(client);
  (void)run(client.upload(made.url.value(), from, settings));
  expect_asset(client, made.id, "");
}

TEST_F(uploads_and_emulator, the_bytes_arrive_whatever_the_storage_does) {
  const std::string film = some_bytes(7 * 1024 * 1024 + 77);
  for (const char* fault :
       {"partial@storage=0.5", "cut@storage=0.4", "drop_before@storage=0.3", "drop_after@storage=0.4",
        "reset_before@storage=0.3", "reset_after@storage=0.4", "http_500_before@storage=0.3",
        "http_502_after@storage=0.4", "http_503_after@storage=0.4", "html_before@storage=0.4",
        "html_after@storage=0.4", "truncate@storage=0.4", "upload_answer_lost*1"}) {
    emulator->reset();
    mux::file_source from = file(film);
    const mux::client client(io.get_executor(), options);
    const mux::upload made = new_upload(client);
    emulator->set_faults({mux::emulator::parse_fault(fault).value()});
    const auto done = run(client.try_upload(made.url.value(), from, settings));
    ASSERT_TRUE(done) << fault << ": " << done.error();
    EXPECT_GT(emulator->ledger().faults, 0u) << fault;
    emulator->set_faults({});
    expect_asset(client, made.id, film);
  }
}

TEST_F(uploads_and_emulator, another_client_goes_on_where_the_first_was_cancelled) {
  const std::string film = some_bytes(6 * 1024 * 1024);
  mux::file_source from = file(film);
  mux::upload made;
  {
    const mux::client client(io.get_executor(), options);
    made = new_upload(client);
    asio::cancellation_signal stop;
    mux::upload_options some = settings;
    some.on_progress = [&](std::uint64_t durable, std::uint64_t) {
      if (durable >= 2 * settings.chunk)
        asio::post(io, [&] { stop.emit(asio::cancellation_type::terminal); });
    };
    auto upload = client.try_upload(made.url.value(), from, some);
    auto ended =
        asio::co_spawn(io, std::move(upload), asio::bind_cancellation_slot(stop.slot(), asio::use_future));
    io.restart();
    io.run();
    const auto cancelled = ended.get();
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code, errc::cancelled);
  }
  settings.resume = true;
  const mux::client client(io.get_executor(), options);
  const mux::upload_outcome done = run(client.upload(made.url.value(), from, settings));
  EXPECT_GE(done.resumed_from, 2 * settings.chunk);
  EXPECT_EQ(done.resumed_from + done.sent, film.size());
  expect_asset(client, made.id, film);
  EXPECT_EQ(run(client.upload(made.url.value(), from, settings)).sent, 0u) << "it is finished already";
}

TEST_F(uploads_and_emulator, a_session_that_expired_says_so) {
  mux::file_source from = file(some_bytes(3 * 1024 * 1024));
  const mux::client client(io.get_executor(), options);
  const mux::upload made = new_upload(client);
  emulator->set_faults({mux::emulator::parse_fault("expire_session@storage.chunk*1").value()});
  const auto done = run(client.try_upload(made.url.value(), from, settings));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::upload_expired);
  EXPECT_EQ(done.error().http_status, 410);
}

}  // namespace
