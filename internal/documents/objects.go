package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"naungan/internal/cover"
)

// Objects are the shelf in an object store that speaks S3. Each piece is an object:
// prefix/document/number.
type Objects struct {
	client         *minio.Client
	bucket, prefix string
}

// objectTries is how often an object store is asked that does not answer.
const objectTries = 3

// OpenObjects prepares the shelf at an address such as
// s3://bucket/prefix?endpoint=s3.example.go.id&region=id-jkt-1. Without an endpoint
// it is Amazon's. insecure=true is for a store on a network of one's own: pieces are
// sealed, but who may write them is told by a signature alone.
func OpenObjects(address, keyID, secret string) (*Objects, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return nil, errors.New("the address of the object store is not s3://bucket/prefix?endpoint=…")
	}
	endpoint, region, secure := "s3.amazonaws.com", "us-east-1", true
	for name, values := range u.Query() {
		switch value := values[0]; name {
		case "endpoint":
			endpoint = value
		case "region":
			region = value
		case "insecure":
			insecure, err := strconv.ParseBool(value)
			if err != nil {
				return nil, errors.New("insecure is neither true nor false in the address of the object store")
			}
			secure = !insecure
		default:
			return nil, fmt.Errorf("the address of the object store knows no %s; it knows endpoint, region and insecure", name)
		}
	}
	client, err := minio.New(endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(keyID, secret, ""), Secure: secure, Region: region, MaxRetries: objectTries,
	})
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	return &Objects{client, u.Host, strings.Trim(u.Path, "/")}, nil
}

func (o *Objects) name(document uuid.UUID, number int) string {
	return path.Join(o.prefix, document.String(), strconv.Itoa(number))
}

// Put keeps a piece.
func (o *Objects) Put(ctx context.Context, document uuid.UUID, number int, sealed []byte) error {
	_, err := o.client.PutObject(ctx, o.bucket, o.name(document, number), bytes.NewReader(sealed), int64(len(sealed)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return unavailable(err)
}

// Get returns a piece.
func (o *Objects) Get(ctx context.Context, document uuid.UUID, number int) ([]byte, error) {
	object, err := o.client.GetObject(ctx, o.bucket, o.name(document, number), minio.GetObjectOptions{})
	if err != nil {
		return nil, unavailable(err)
	}
	defer func() { _ = object.Close() }()
	sealed, err := io.ReadAll(io.LimitReader(object, 2*pieceSize)) // what is longer is none of ours, and does not open
	return sealed, unavailable(err)
}

// Drop destroys all pieces of a document.
func (o *Objects) Drop(ctx context.Context, document uuid.UUID) error {
	all := minio.ListObjectsOptions{Prefix: path.Join(o.prefix, document.String()) + "/", Recursive: true}
	for object := range o.client.ListObjectsIter(ctx, o.bucket, all) {
		if object.Err != nil {
			return unavailable(object.Err)
		}
		if err := o.client.RemoveObject(ctx, o.bucket, object.Key, minio.RemoveObjectOptions{}); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// unavailable says of what an object store refuses that it may pass; but not of an
// object that is missing, nor of a caller who is gone.
func unavailable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return err
	}
	return &cover.Error{Kind: cover.Unavailable, Code: cover.ServiceUnavailable, Err: err}
}
