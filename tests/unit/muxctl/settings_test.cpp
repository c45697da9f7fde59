#include "muxctl/settings.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace mux::muxctl;
using mux::rate_class;

namespace {

class settings : public ::testing::Test {
 protected:
  settings() {
    for (const char* name :
         {"MUX_TOKEN_ID", "MUX_TOKEN_SECRET", "MUX_AUTHORIZATION_TOKEN", "MUX_BASE_URL", "XDG_STATE_HOME"})
      ::unsetenv(name);
    ::setenv("HOME", "/home/someone", 1);
  }
  ~settings() override { std::filesystem::remove(file_); }

  std::string write_file(const std::string& text, mode_t mode = 0600) {
    std::ofstream(file_) << text;
    ::chmod(file_.c_str(), mode);
    return file_;
  }

  static std::string code_of(const global_flags& flags) {
    try {
      static_cast<void>(make_options(flags));
    } catch (const failure& f) {
      EXPECT_EQ((f.message + f.hint).find("canary"), std::string::npos) << "an error repeats a secret";
      return f.code;
    }
    return "no failure";
  }

  std::string file_ = ::testing::TempDir() + "muxctl-credentials-" + std::to_string(::getpid());
};

void give_environment() {
  ::setenv("MUX_TOKEN_ID", "environment-id", 1);
  ::setenv("MUX_TOKEN_SECRET", "canary-environment", 1);
}

}  // namespace

TEST_F(settings, come_from_the_environment) {
  give_environment();
  ::setenv("MUX_BASE_URL", "https://environment.example", 1);
  const mux::client_options options = make_options({});
  EXPECT_EQ(options.credentials.token_id, "environment-id");
  EXPECT_EQ(options.credentials.token_secret.reveal(), "canary-environment");
  EXPECT_EQ(options.base_url, "https://environment.example");
}

TEST_F(settings, have_documented_defaults) {
  const mux::client_options options = make_options({});
  EXPECT_EQ(options.base_url, "https://api.mux.com");
  EXPECT_EQ(options.limits[rate_class::video_post].rate, 1);
  EXPECT_EQ(options.limits.state_directory, "/home/someone/.local/state/mux/limits");
  EXPECT_FALSE(options.timeout);
  EXPECT_FALSE(options.deadline);
}

TEST_F(settings, prefer_a_flag_to_the_environment) {
  ::setenv("MUX_BASE_URL", "https://environment.example", 1);
  global_flags flags;
  flags.base_url = "https://flag.example";
  EXPECT_EQ(make_options(flags).base_url, "https://flag.example");
}

TEST_F(settings, take_credentials_whole_from_a_file) {
  give_environment();
  ::setenv("MUX_AUTHORIZATION_TOKEN", "canary-bearer", 1);
  global_flags flags;
  flags.credentials_file =
      write_file("# my token\nexport MUX_TOKEN_ID='file-id'\nMUX_TOKEN_SECRET=\"canary=file\"\r\nOTHER=1\n");
  const mux::credentials read = make_options(flags).credentials;
  EXPECT_EQ(read.token_id, "file-id");
  EXPECT_EQ(read.token_secret.reveal(), "canary=file");
  EXPECT_EQ(read.authorization_token.reveal(), "")
      << "a bearer token of the environment would win over the file";
}

TEST_F(settings, pair_a_token_id_with_a_secret_from_a_file) {
  give_environment();
  global_flags flags;
  flags.token_id = "flag-id";
  flags.credentials_file = write_file("MUX_TOKEN_SECRET=canary-file\n");
  const mux::credentials read = make_options(flags).credentials;
  EXPECT_EQ(read.token_id, "flag-id");
  EXPECT_EQ(read.token_secret.reveal(), "canary-file");
}

TEST_F(settings, never_pair_a_token_id_with_the_secret_of_another) {
  give_environment();
  global_flags flags;
  flags.token_id = "flag-id";
  EXPECT_EQ(code_of(flags), "mixed_credentials");
  flags.credentials_file = write_file("MUX_TOKEN_ID=file-id\nMUX_TOKEN_SECRET=canary\n");
  EXPECT_EQ(code_of(flags), "mixed_credentials");
}

TEST_F(settings, refuse_a_credentials_file_that_others_can_use) {
  global_flags flags;
  for (const mode_t mode : {0640, 0604, 0660, 0777}) {
    flags.credentials_file = write_file("MUX_TOKEN_SECRET=canary\n", mode);
    EXPECT_EQ(code_of(flags), "credentials_file") << std::oct << mode;
  }
}

TEST_F(settings, refuse_a_credentials_file_without_secret_or_that_is_missing) {
  global_flags flags;
  flags.credentials_file = write_file("canary\n");
  EXPECT_EQ(code_of(flags), "missing_credentials");
  flags.credentials_file = "/does/not/exist";
  EXPECT_EQ(code_of(flags), "credentials_file");
  flags.credentials_file = "/";
  EXPECT_EQ(code_of(flags), "credentials_file");
}

TEST_F(settings, keep_limiter_state_where_xdg_says_or_where_told) {
  ::setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(make_options({}).limits.state_directory, "/state/mux/limits");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(make_options({}).limits.state_directory, "/home/someone/.local/state/mux/limits");
  global_flags flags;
  flags.limits_dir = "/elsewhere";
  EXPECT_EQ(make_options(flags).limits.state_directory, "/elsewhere");
  flags.limits_dir = "";
  EXPECT_TRUE(make_options(flags).limits.state_directory.empty());
}

TEST_F(settings, read_limits_of_a_class) {
  mux::limiter_options limits;
  apply_limit(limits, "video-post=50/10");
  EXPECT_EQ(limits[rate_class::video_post].rate, 50);
  EXPECT_EQ(limits[rate_class::video_post].burst, 10);
  apply_limit(limits, "video_other=off");
  EXPECT_TRUE(std::isinf(limits[rate_class::video_other].rate));
  apply_limit(limits, "data=0.5");
  EXPECT_EQ(limits[rate_class::data].rate, 0.5);
  EXPECT_FALSE(limits[rate_class::data].burst);
}

TEST_F(settings, refuse_limits_that_make_no_sense) {
  for (const char* text :
       {"video-post", "video-post=", "video-post=0", "video-post=-1", "video-post=nan", "video-post=1/",
        "video-post=1/0", "video-post=1/x", "video-post=1 ", "movies=1", "video-post=inf", "=1"}) {
    mux::limiter_options limits;
    EXPECT_THROW(apply_limit(limits, text), failure) << text;
  }
}
