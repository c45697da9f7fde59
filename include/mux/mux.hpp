#pragma once

// Everything of the client library.
#include <mux/body_sink.hpp>
#include <mux/client.hpp>
#include <mux/credentials.hpp>
#include <mux/error.hpp>
#include <mux/field.hpp>
#include <mux/json.hpp>
#include <mux/open_enum.hpp>
#include <mux/options.hpp>
#include <mux/secret.hpp>
#include <mux/upload.hpp>
#include <mux/version.hpp>
