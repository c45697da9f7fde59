// Files as the source of an upload: real ones, which change, vanish or are none.

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>

#include "unit/client/upload_fixture.hpp"

namespace {

using namespace mux_test;
namespace fs = std::filesystem;

class file_upload : public testing::Test, public upload_world {
 protected:
  file_upload() {
    std::string name = (fs::temp_directory_path() / "mux-upload-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    file = folder / "film.mp4";
  }
  ~file_upload() override { fs::remove_all(folder); }

  void write(const std::string& bytes) const { std::ofstream(file, std::ios::binary) << bytes; }
  /// Reads on the loop's own thread, so that virtual time need not wait for another.
  mux::result<mux::file_source> open() { return mux::file_source::open(file, io.get_executor()); }
  /// Does something to the file before the request with this number is answered.
  void at(std::size_t request, std::function<void()> change) {
    storage->on_put = [=](std::size_t n) {
      if (n == request) change();
    };
  }

  const std::string film = some_bytes(3 * unit + 1);
  fs::path folder, file;
};

TEST_F(file_upload, sends_the_files_bytes) {
  write(film);
  auto from = open();
  ASSERT_TRUE(from) << from.error();
  EXPECT_EQ(from->size(), film.size());
  const auto done = upload(*from);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(file_upload, reads_on_another_thread_unless_told_otherwise) {
  write(film);
  auto from = mux::file_source::open(file);
  ASSERT_TRUE(from) << from.error();
  core();
  std::optional<mux::result<mux::upload_outcome>> outcome;
  asio::co_spawn(
      io,
      mux::client_detail::upload(core_, mux::client_detail::piece_of_upload(storage_url), *from, settings),
      [&](std::exception_ptr, mux::result<mux::upload_outcome> o) { outcome.emplace(std::move(o)); });
  const auto work = asio::make_work_guard(io);
  while (!outcome) io.run_one();
  ASSERT_TRUE(*outcome) << outcome->error();
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(file_upload, a_file_that_grows_has_changed) {
  write(film);
  auto from = open();
  at(1, [&] { std::ofstream(file, std::ios::binary | std::ios::app) << "more"; });
  const auto done = upload(*from);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::source_changed);
  EXPECT_NE(done.error().detail.find("film.mp4"), std::string::npos);
  EXPECT_EQ(storage->puts.size(), 2u);
  EXPECT_FALSE(storage->finished);
}

TEST_F(file_upload, a_file_that_shrinks_has_changed) {
  write(film);
  auto from = open();
  at(0, [&] { fs::resize_file(file, unit + 1); });
  EXPECT_EQ(upload(*from).error().code, errc::source_changed);
  EXPECT_FALSE(storage->finished);
}

TEST_F(file_upload, a_file_that_is_written_over_has_changed) {
  write(film);
  auto from = open();
  at(0, [&] {
    const timespec times[2] = {{0, UTIME_OMIT}, {1000000000, 1}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  });
  EXPECT_EQ(upload(*from).error().code, errc::source_changed);
}

TEST_F(file_upload, a_file_that_is_deleted_or_replaced_is_sent_as_it_was) {
  write(film);
  auto from = open();
  at(0, [&] {
    fs::remove(file);
    write("something else");
  });
  ASSERT_TRUE(upload(*from));
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(file_upload, a_link_leads_to_its_file) {
  write(film);
  fs::create_symlink(file, folder / "link");
  auto from = mux::file_source::open(folder / "link");
  ASSERT_TRUE(from) << from.error();
  EXPECT_EQ(from->size(), film.size());
}

TEST_F(file_upload, knows_when_the_file_was_modified) {
  write(film);
  const timespec times[2] = {{0, UTIME_OMIT}, {1600000000, 123456789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  EXPECT_EQ(open()->modified().time_since_epoch(), 1600000000s + 123456789ns);
}

TEST_F(file_upload, what_is_no_readable_file_is_refused_with_its_name_and_why) {
  const auto why = [](const fs::path& path) {
    const auto opened = mux::file_source::open(path);
    EXPECT_FALSE(opened);
    EXPECT_EQ(opened.error().code, errc::source_unreadable);
    EXPECT_EQ(opened.error().detail.find(path.string() + ": "), 0u) << opened.error();
    return opened.error().detail.substr(path.string().size() + 2);
  };
  EXPECT_EQ(why(folder / "none"), "No such file or directory");
  EXPECT_EQ(why(folder), "Is a directory");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(why(folder / "fifo"), "not a regular file");
  EXPECT_EQ(why("/dev/null"), "not a regular file");
  fs::create_symlink(folder / "none", folder / "dangling");
  EXPECT_EQ(why(folder / "dangling"), "No such file or directory");
  if (::geteuid() == 0) return;  // to whom everything is readable
  write(film);
  fs::permissions(file, fs::perms::none);
  EXPECT_EQ(why(file), "Permission denied");
}

TEST_F(file_upload, a_read_that_was_cancelled_before_it_began_touches_nothing) {
  write(film);
  asio::io_context disk;  // that nobody runs yet
  auto from = mux::file_source::open(file, disk.get_executor());
  start_cancellable(*from, cancel.slot());
  time->run(io);
  ASSERT_EQ(endings, 0);
  cancel.emit(asio::cancellation_type::terminal);
  time->run(io);
  ASSERT_EQ(endings, 1);
  EXPECT_EQ(got->error().code, errc::cancelled);
  from = mux::error(errc::none);  // source, buffer and coroutine are gone
  disk.run();
}

TEST_F(file_upload, a_context_may_go_after_a_cancellation_while_another_thread_reads) {
  write({});
  fs::resize_file(file, 32 * unit);
  asio::thread_pool disk(1);
  for (int i = 0; i < 60; ++i) {
    asio::cancellation_signal stop;
    upload_world w;
    auto from = mux::file_source::open(file, disk.get_executor());
    w.settings.chunk = 32 * unit;
    w.start_cancellable(*from, stop.slot());
    while (w.io.poll_one() > 0) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100 * (i % 10)));  // where in the read is chance
    stop.emit(asio::cancellation_type::terminal);
    for (int step = 0; step < i % 4; ++step) w.io.poll_one();  // on its way to the coroutine
    stop.slot().clear();                                       // it would outlive the context
  }
  disk.join();
}

TEST_F(file_upload, a_context_may_go_while_another_thread_reads) {
  write(film);
  asio::thread_pool disk(1);
  for (int i = 0; i < 200; ++i) {
    upload_world w;
    auto from = mux::file_source::open(file, disk.get_executor());
    w.settings.chunk = 4 * unit;
    w.start(*from);
    for (int step = 0; step < 4 + i % 8; ++step) w.io.poll_one();
  }
  disk.join();
}

}  // namespace
